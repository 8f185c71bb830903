package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// zipped packs the texts of the national directory as the UN packs its releases: a zip file of zip files.
func zipped(t *testing.T) string {
	t.Helper()
	pack := func(files map[string][]byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, content := range files {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(content); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	texts, _ := filepath.Glob(filepath.Join("..", "..", "edifact", "directory", "testdata", "national", "*"))
	outer := map[string][]byte{"Readme.txt": []byte("nothing"), "__MACOSX/._edsd.zip": []byte("no zip"), "Idsd.zip": pack(map[string][]byte{"IDSD.26A": []byte("interactive")})}
	for _, name := range texts {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		outer[filepath.Base(name)+".zip"] = pack(map[string][]byte{"EDIFACT/" + filepath.Base(name): content})
	}
	if len(texts) < 5 {
		t.Fatal("the texts are missing")
	}
	name := filepath.Join(t.TempDir(), "d26a.zip")
	if err := os.WriteFile(name, pack(outer), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

const crates = "UNB+UNOC:3+4098765000003:14+4012345000009:14+261125:0930+77'UNH+1+CRATES:D:26A:ZZ'BGM+4711'CRT+B:3'DTM+137:20261125'CRT+R:3'UNT+6+1'UNZ+1+77'"

// TestAnImportedDirectoryIsOneToCheckBy imports a release out of a zip file of zip files, shows it, and checks, explains and
// derives by it.
func TestAnImportedDirectoryIsOneToCheckBy(t *testing.T) {
	own := filepath.Join(t.TempDir(), "D.26A.jsonl")
	status, out, talk := command(t, "", "directory", "import", zipped(t), "--name", "D.26A", "--out", own)
	if status != exitDone || !strings.Contains(talk, "1 messages, 3 segments") {
		t.Fatalf("%d %s %s", status, out, talk)
	}
	if _, out, _ := command(t, "", "directory", "show", own, "crates", "CRT", "9980"); !strings.Contains(out, "00100      SG3") || !strings.Contains(out, "note D5(020,030)") || !strings.Contains(out, "G      Green") {
		t.Errorf("shown: %s", out)
	}
	if _, out, _ := command(t, "", "directory", "show", own, "--json"); out != `{"message":"CRATES","name":"Crates on the way message","segments":11}`+"\n" {
		t.Errorf("listed: %s", out)
	}
	if _, out, _ := command(t, crates, "validate", "-"); !strings.Contains(out, "edifact.directory-unknown") {
		t.Errorf("without it: %s", out)
	}
	if status, out, _ := command(t, crates, "validate", "-", "--directory", own); status != exitDone || strings.Count(out, "\n    ") != 1 || !strings.Contains(out, "R is not in the code list of 9980 (Crate colour code)") {
		t.Errorf("%d %s", status, out)
	}
	if _, out, _ := command(t, crates, "explain", "-", "--directory", own); !strings.Contains(out, "Crate colour code") || !strings.Contains(out, "= Blue") {
		t.Errorf("explained: %s", out)
	}
	if status, out, talk := command(t, crates, "guideline", "derive", "-", "--directory", own); status != exitDone || !strings.Contains(out, "directory: D.26A") {
		t.Errorf("derived: %d %s %s", status, out, talk)
	}
}

func TestDirectoriesAreListedAndShown(t *testing.T) {
	if _, out, _ := command(t, "", "directory", "list"); !strings.HasPrefix(out, "D.93A\t") || !strings.Contains(out, "\nD.24A\t") {
		t.Errorf("listed: %s", out)
	}
	if _, out, _ := command(t, "", "directory", "show", "D:96A:UN", "ORDERS"); !strings.Contains(out, "UNH  Message header") || !strings.Contains(out, "0930   SG25") {
		t.Errorf("shown: %s", out)
	}
	if _, out, _ := command(t, "", "directory", "show", "D.96A", "NAD", "--json"); !strings.HasPrefix(out, `{"segment":"NAD"`) {
		t.Errorf("shown: %s", out)
	}
	if status, _, talk := command(t, "", "directory", "show", "D.96A", "ORDRES"); status != exitFailed || !strings.Contains(talk, "nearest known: ORDERS") {
		t.Errorf("%d %s", status, talk)
	}
	if status, _, talk := command(t, "", "directory", "show", "91:2"); status != exitFailed || !strings.Contains(talk, "D.93A") {
		t.Errorf("%d %s", status, talk)
	}
	if status, _, _ := command(t, "", "directory", "import", "x.zip"); status != exitUsage {
		t.Errorf("without --name: %d", status)
	}
}
