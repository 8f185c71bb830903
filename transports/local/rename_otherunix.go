//go:build unix && !linux

package local

func (c *Conn) renameNoReplace(string, string) error { return errNoSuchRename }
