package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/sandbox/shopware"
)

func newSandbox(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "run a simulated shop to rehearse against",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{fmt.Errorf("there is no sandbox %q; there is shopware", args[0])}
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	cmd.AddCommand(newSandboxShopware(s))
	return cmd
}

func newSandboxShopware(s streams) *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "shopware",
		Short: "run a simulated Shopware 6 shop with a catalogue and some orders",
		Long: `sandbox shopware answers the Admin API of Shopware 6 from memory, with a seeded catalogue and a handful of orders. It is
stricter than a shop where that finds mistakes, and it is no proof of what a live shop does. What it received and changed
is at /__sandbox/journal; /__sandbox/state, /__sandbox/faults, /__sandbox/orders and /__sandbox/clock look into it and
steer it. It runs until it is interrupted.`,
		Example: `  batchgate sandbox shopware --listen 127.0.0.1:8090`,
		Args:    nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serveSandbox(cmd.Context(), listen, s)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8090", "address to listen on")
	return cmd
}

func serveSandbox(ctx context.Context, listen string, s streams) error {
	shop := shopware.New(shopware.Config{})
	catalogue, orders := shopware.Demo(1)
	if err := shop.Seed(catalogue); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	for _, o := range orders {
		if _, err := shop.PlaceOrder(o); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	fmt.Fprintf(s.out, "http://%s client_id=sandbox client_secret=sandbox-secret\n", l.Addr())
	server := &http.Server{Handler: shop, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("sandbox: %w", err)
	case <-ctx.Done():
		stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return nil
	}
}
