package flow

import (
	"strings"

	"github.com/batchgate/batchgate/internal/document"
)

// KeyOnly makes a document that has its business key and nothing else.
func KeyOnly(k document.Kind, key string) *document.Document {
	d := document.New(k)
	parts := strings.Split(key, document.KeySeparator)
	for i, name := range document.KeyFields(k) {
		if i < len(parts) && parts[i] != "" {
			d.Set(name, document.TextValue(parts[i]))
		}
	}
	return d
}
