package local

import (
	"context"

	"github.com/batchgate/batchgate/transports/driver"
)

// Rename gives a file a new name and never replaces.
func (c *Conn) Rename(ctx context.Context, from, to string) error {
	oldPath, err := c.begin(ctx, from)
	if err != nil {
		return err
	}
	newPath, err := c.begin(ctx, to)
	if err != nil {
		return err
	}
	if from == "." || to == "." {
		return driver.Faultf(driver.BadName, "the root has no other name")
	}
	return c.rename(oldPath, newPath)
}
