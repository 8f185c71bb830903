package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/sandbox/shopware"
	"github.com/batchgate/batchgate/internal/trace"
)

func newDemo(s streams) *cobra.Command {
	var keep bool
	var dir string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "show the main job: an ERP's folders and a simulated shop, both ways",
		Long: `demo makes a home in a temporary folder, starts a simulated Shopware shop, drops files as an ERP would, and lets everything
run: stock goes into the shop, the shop's orders become files, a despatch advice ships one of them, a retailer's order
becomes CSV and is acknowledged, and a broken file is put aside with its reason. It ends with a table and one trace.

With --keep everything goes on running, so that you can drop files of your own.`,
		Example: "  batchgate demo\n  batchgate demo --keep",
		Args:    nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demonstrate(cmd.Context(), dir, keep, s)
		},
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "leave everything running")
	cmd.Flags().StringVar(&dir, "folder", "", "folder of the home; a temporary one when empty")
	return cmd
}

// demo is one demonstration.
type demo struct {
	streams
	dir  string
	shop *shopware.Shop
	url  string
	open *opened
}

func demonstrate(ctx context.Context, dir string, keep bool, s streams) (err error) {
	d := &demo{streams: s, dir: dir}
	if dir == "" {
		if d.dir, err = os.MkdirTemp("", "batchgate-demo-"); err != nil {
			return err
		}
		if !keep {
			defer func() { err = errors.Join(err, os.RemoveAll(d.dir)) }()
		}
	}
	stop, err := d.startShop()
	if err != nil {
		return err
	}
	defer stop()
	if err := d.startHome(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.open.close()) }()
	for _, step := range []struct {
		says string
		do   func() error
	}{
		{"The ERP drops stock, changes of the day, a broken file; a retailer drops an order", d.dropFiles},
		{"The ERP answers the exported order with a despatch advice", d.dropDespatch},
		{"The same stock file comes again with one change", d.dropStockAgain},
	} {
		d.say("%s ...", step.says)
		if err := step.do(); err != nil {
			return err
		}
		if err := d.pass(ctx); err != nil {
			return err
		}
	}
	if err := d.conclude(ctx); err != nil {
		return err
	}
	if !keep {
		d.say("\nLeave it running and drop files of your own with: batchgate demo --keep")
		return nil
	}
	return d.keepRunning(ctx)
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }

// startShop starts the simulated shop on an address of its own.
func (d *demo) startShop() (stop func(), err error) {
	d.shop = shopware.New(shopware.Config{})
	catalogue, orders := shopware.Demo(1)
	if err := d.shop.Seed(catalogue); err != nil {
		return nil, err
	}
	for _, o := range orders {
		if _, err := d.shop.PlaceOrder(o); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d.url = "http://" + l.Addr().String()
	server := &http.Server{Handler: d.shop, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	d.say("A simulated Shopware shop with %d articles and %d orders answers at %s", len(catalogue.Products), len(orders), d.url)
	return func() { _ = server.Close() }, nil
}

// startHome makes the home: the example that init makes, with files taken after one second.
func (d *demo) startHome(ctx context.Context) error {
	if err := makeHome(d.dir); err != nil {
		return err
	}
	profile := filepath.Join(d.dir, "profiles", "weber-erp.yaml")
	text, err := os.ReadFile(profile)
	if err != nil {
		return err
	}
	quick := strings.Replace(string(text), "root: erp}", "root: erp, stable_for: 1s, poll: 1s}", 1)
	if err := os.WriteFile(profile, []byte(quick), 0o600); err != nil {
		return err
	}
	h := homeFlag{dir: d.dir}
	if d.open, err = h.open(ctx, d.err, d.getenv, true); err != nil {
		return err
	}
	d.open.firstLoad = true
	d.say("A home with %d flows lies in %s\n", len(d.open.home.Flows()), d.dir)
	return nil
}

func (d *demo) getenv(name string) (string, bool) {
	v, ok := map[string]string{"SHOP_URL": d.url, "SHOP_ID": "sandbox", "SHOP_SECRET": "sandbox-secret"}[name]
	return v, ok
}

func (d *demo) erp(name string) string {
	return filepath.Join(d.dir, "erp", filepath.FromSlash(name))
}

func (d *demo) drop(name string, content []byte) error {
	d.say("  dropped %s (%d bytes)", name, len(content))
	return os.WriteFile(d.erp(name), content, 0o600)
}

// pass runs once and shows what came of it.
func (d *demo) pass(ctx context.Context) error {
	g, err := d.open.gateway(ctx, logTo(d.err))
	if err != nil {
		return err
	}
	defer g.Close()
	from := len(d.shop.Journal())
	pass, err := g.Run(ctx)
	if err != nil {
		return err
	}
	for _, e := range pass.Errors {
		return e
	}
	stocks, other := 0, 0
	for _, e := range d.shop.Journal()[from:] {
		for _, f := range e.Effects {
			if f.Entity == "product" && f.Field == "stock" {
				stocks++
			} else {
				other++
			}
		}
	}
	d.say("  the shop: %d stocks written, %d other changes\n", stocks, other)
	return nil
}

// conclude prints what happened, and one trace.
func (d *demo) conclude(ctx context.Context) error {
	var arrivals []ledger.Arrival
	var deliveries []ledger.Delivery
	err := d.open.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if arrivals, err = tx.Arrivals(ledger.ArrivalFilter{}); err != nil {
			return err
		}
		deliveries, err = tx.Deliveries(ledger.DeliveryFilter{})
		return err
	})
	if err != nil {
		return err
	}
	d.say("What arrived:")
	if err := printArrivals(streams{d.in, d.out, d.err}, arrivals, false); err != nil {
		return err
	}
	d.say("\nWhat went out:")
	if err := printDeliveries(streams{d.in, d.out, d.err}, deliveries, false); err != nil {
		return err
	}
	d.say("\nOne article, from the bytes of a file to the shop's answer (batchgate trace BG-1005):")
	chains, err := trace.Trace(ctx, d.open.tracing(), "BG-1005")
	if err != nil {
		return err
	}
	if len(chains) == 0 {
		return errors.New("the demonstration's article has no trace")
	}
	return trace.Print(d.out, chains[len(chains)-1])
}

// keepRunning serves until interrupted.
func (d *demo) keepRunning(ctx context.Context) error {
	g, err := d.open.gateway(ctx, logTo(d.err))
	if err != nil {
		return err
	}
	defer g.Close()
	d.say("\nEverything runs on. Drop a file of your own into\n  %s   (STOCK*.CSV: Artikelnr;Lager;Bestand, warehouses 10 and 20; *.EDI: INVRPT, DESADV)\n  %s   (*.EDI: ORDERS of a retailer)",
		d.erp("out"), d.erp("edi"))
	d.say("and look at\n  %s   what the ERP gets\n  %s/__sandbox/state   the shop\nInterrupt to stop; then: batchgate files list --home %s", d.erp("in"), d.url, d.dir)
	if err := g.Serve(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
