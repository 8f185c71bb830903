package transports_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/mem"
)

// A file goes into an ERP's folder: whole, or not at all, and once.
func ExampleEndpoint_Publish() {
	ctx := context.Background()
	store := mem.NewStore()
	store.Put("out/keep", nil)
	ep, err := transports.Open(ctx, transports.Options{Name: "erp", Transport: "mem", Memory: store})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ep.Close()

	final := "out/ORD000012.EDI"
	temp := transports.TempName(final)
	if _, err := ep.Stage(ctx, temp, strings.NewReader("UNB+UNOC:3'"), 11); err != nil {
		fmt.Println(err)
		return
	}
	// "staged" is recorded here; after a crash it goes on from here.
	for range 2 {
		err := ep.Publish(ctx, temp, final)
		switch {
		case err == nil:
			fmt.Println("published")
		case transports.KindOf(err) == driver.NotFound:
			fmt.Println("was published before")
		default:
			fmt.Println(err)
		}
	}
	fmt.Println(store.Files())
	// Output:
	// published
	// was published before
	// [out/ORD000012.EDI out/keep]
}
