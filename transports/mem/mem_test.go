package mem_test

import (
	"testing"

	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/drivertest"
	"github.com/batchgate/batchgate/transports/mem"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, func(testing.TB) drivertest.Place {
		store := mem.NewStore()
		return drivertest.Place{Connect: func(testing.TB) driver.Conn { return store.Connect() }}
	})
}
