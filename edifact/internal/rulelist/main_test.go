package main

import (
	"os"
	"testing"
)

func TestTheListOfRulesIsUpToDate(t *testing.T) {
	want, err := list("../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../docs/edifact-rules.md")
	if err != nil || string(got) != want {
		t.Errorf("docs/edifact-rules.md is not what the tests say: go generate ./edifact (%v)", err)
	}
}
