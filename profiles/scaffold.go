package profiles

import (
	"embed"
	"io/fs"
)

//go:embed scaffold
var scaffold embed.FS

// Scaffold is an example home: one ERP that gives stock and despatch advices and takes orders, with mappings and code
// lists. Its shop is env:SHOP_URL, env:SHOP_ID and env:SHOP_SECRET.
func Scaffold() fs.FS {
	sub, err := fs.Sub(scaffold, "scaffold")
	if err != nil { // the name is a constant
		panic(err)
	}
	return sub
}

// ScaffoldFolders names the folders of the scaffold's ERP, relative to the home. A home never makes folders of a partner
// by itself.
func ScaffoldFolders() []string {
	return []string{"erp/out", "erp/in", "erp/tmp", "erp/edi", "erp/edi-out", "erp/import"}
}
