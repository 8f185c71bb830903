package main

import (
	"errors"
	"io"
	"slices"

	"github.com/batchgate/batchgate/flatfile/idoc"
)

// idocs writes IDocs.
func (f *writeFlags) idocs(w *lineWriting, out io.Writer) error {
	form, err := f.idocForm()
	if err != nil {
		return err
	}
	end, err := f.lineEnd("\r\n")
	if err != nil {
		return err
	}
	releases := map[string]string{} // which the writer looks into at each segment
	file := idoc.NewWriter(out, idoc.WriteOptions{Form: form, Charset: f.charset, LineEnd: end, Releases: releases})
	lost := false // the control record was refused, and with it all segments of its IDoc
	err = eachLine(w, func(line *idocLine) error {
		values := make(map[string]string, len(line.Values))
		for _, v := range line.Values {
			values[v.Path] = v.Value
		}
		if line.Number == 0 {
			err := file.Begin(values)
			lost = err != nil
			return err
		}
		if lost {
			return nil
		}
		if line.Release != "" {
			releases[line.Segment] = line.Release
		}
		return file.Segment(line.Segment, line.Level, values)
	})
	return w.end(errors.Join(err, file.Flush()))
}

// idocForm reads --form.
func (f *writeFlags) idocForm() (idoc.Form, error) {
	forms := []string{"padded", "exact", "trimmed", "endless", "xml"} // in the order of package idoc
	form := slices.Index(forms, f.form)
	if form < 0 {
		return 0, unknown("--form", f.form, forms)
	}
	return idoc.Form(form), nil
}
