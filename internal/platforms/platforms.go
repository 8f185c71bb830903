// Package platforms is the list of platforms that flows can be connected with.
package platforms

import (
	"fmt"
	"net/http"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
	"github.com/batchgate/batchgate/profiles"
)

// Options are what all connections share.
type Options struct {
	HTTP http.RoundTripper // nil: the connector's own
	Now  func() time.Time  // nil: time.Now
}

// Shop is a connected shop.
type Shop struct{ shop *shopware.Shop }

// Open makes the connector of a connection; nothing is sent yet.
func Open(c *profiles.Connection, o Options) (*Shop, error) {
	if c.Platform != "shopware" {
		return nil, fmt.Errorf("connection %s: no connector for platform %q", c.ID(), c.Platform)
	}
	id, err := c.Secret("client_id")
	if err != nil {
		return nil, err
	}
	return &Shop{shopware.New(shopware.Config{URL: c.URL, ClientID: id, Secret: func() (string, error) { return c.Secret("client_secret") },
		HTTP: o.HTTP, Rate: c.Options.Int("rate"), Timeout: c.Options.Duration("timeout"), Page: c.Options.Int("page"), Overlap: c.Options.Duration("overlap"), Now: o.Now})}, nil
}

// Source gives the shop as a flow's source of orders.
func (s *Shop) Source(f *profiles.Flow) flow.Source {
	return s.shop.Orders(orderOptions(f))
}

func orderOptions(f *profiles.Flow) shopware.OrderOptions {
	return shopware.OrderOptions{Channels: f.From.Channels, StartAt: f.From.StartAt, Field: f.Exported.Field, Reader: orderReader(f)}
}

func orderReader(f *profiles.Flow) shopware.Reader {
	r := shopware.Reader{Amounts: f.Amounts.Rule, LineTypes: f.Amounts.LineTypes, Marks: f.Exported.Others, Attributes: f.Attributes, CustomerField: f.Customers.Field}
	if f.Exported.Field != "" {
		r.Marks = append([]string{f.Exported.Field}, r.Marks...)
	}
	return r
}

// Reader gives what turns the shop's answers into documents.
func (s *Shop) Reader(f *profiles.Flow) flow.Reader { return orderReader(f) }

// Target gives the shop as a flow's target.
func (s *Shop) Target(f *profiles.Flow) flow.Target {
	o := shopware.TargetOptions{UnknownSKU: f.UnknownSKU, UnknownOrder: f.UnknownOrder, Ship: f.Shipment.Ship, SendMail: f.Shipment.SendMail, Close: f.Shipment.Close,
		UnknownCustomer: f.UnknownCustomer, CustomerField: f.Customers.Field}
	if f.WebOrders != nil {
		o.Since = f.WebOrders.Since
	}
	if f.Stock != nil {
		o.Figure = f.Stock.Shop
	}
	return s.shop.Target(o)
}
