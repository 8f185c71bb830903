package local_test

import (
	"testing"

	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/drivertest"
	"github.com/batchgate/batchgate/transports/local"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, func(t testing.TB) drivertest.Place {
		root := t.TempDir()
		return drivertest.Place{
			Connect: func(t testing.TB) driver.Conn { return open(t, root) },
			Protect: func(t testing.TB, dir string) { protect(t, root, dir) },
		}
	})
}

// open connects to a folder; the caller closes.
func open(t testing.TB, root string) *local.Conn {
	t.Helper()
	conn, err := local.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
