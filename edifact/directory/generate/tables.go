package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// row is one line of a table by column name.
type row map[string]string

// number reads a column as a number, empty as 0.
func (r row) number(column string) (int, error) {
	if r[column] == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(r[column])
	if err != nil {
		return 0, fmt.Errorf("column %s: %w", column, err)
	}
	return n, nil
}

// readTable reads a tab separated file with one header row, gzip or not. Each row goes to take in order.
func readTable(path string, take func(row) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return err
		}
		r = z
	}
	lines := bufio.NewScanner(r)
	var header []string
	for n := 1; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), "\t")
		if header == nil {
			header = fields
			continue
		}
		if len(fields) != len(header) {
			return fmt.Errorf("%s:%d: %d columns, header has %d", path, n, len(fields), len(header))
		}
		one := row{}
		for i, name := range header {
			one[name] = fields[i]
		}
		if err := take(one); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	return lines.Err()
}

var releaseFolder = regexp.MustCompile(`^D(\d\d)([ABC])$`)

// listReleases gives the folders of releases, oldest first.
func listReleases(tables string) ([]string, error) {
	entries, err := os.ReadDir(tables)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		if releaseFolder.MatchString(e.Name()) {
			found = append(found, e.Name())
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no release in %s: folders like D96A are wanted", filepath.Clean(tables))
	}
	slices.SortFunc(found, func(a, b string) int { return strings.Compare(century(a)+a[1:], century(b)+b[1:]) })
	return found, nil
}

// century puts D93A to D99B before D00A.
func century(folder string) string {
	if folder[1] == '9' {
		return "19"
	}
	return "20"
}

// releaseName turns D96A into D.96A.
func releaseName(folder string) string { return folder[:1] + "." + folder[1:] }

var formatText = regexp.MustCompile(`^(a|n|an)(\.\.)?(\d+)$`)

// format is the representation of an element: class, least and greatest length.
type format struct{ class, min, max int }

// parseFormat reads "an..35" and "n3".
func parseFormat(text string) (format, error) {
	m := formatText.FindStringSubmatch(text)
	if m == nil {
		return format{}, fmt.Errorf("format %q", text)
	}
	f := format{class: map[string]int{"a": 0, "n": 1, "an": 2}[m[1]]}
	f.max, _ = strconv.Atoi(m[3])
	if m[2] == "" {
		f.min = f.max
	}
	return f, nil
}
