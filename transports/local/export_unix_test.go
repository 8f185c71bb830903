//go:build unix

package local

import "context"

// Linking is a connection on a file system that does not know a rename that never replaces.
type Linking struct{ *Conn }

func (l Linking) Rename(ctx context.Context, from, to string) error {
	return l.renameOld(ctx, from, to, l.renameByLink)
}

// Looking is a connection on a file system without hard links too.
type Looking struct{ *Conn }

func (l Looking) Rename(ctx context.Context, from, to string) error {
	return l.renameOld(ctx, from, to, l.renameAfterLook)
}

func (c *Conn) renameOld(ctx context.Context, from, to string, rename func(from, to string) error) error {
	for _, name := range []string{from, to} {
		if _, err := c.begin(ctx, name); err != nil {
			return err
		}
	}
	if from == "." || to == "." {
		return c.Rename(ctx, from, to)
	}
	return rename(from, to)
}
