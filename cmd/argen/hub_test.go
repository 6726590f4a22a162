package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"argen/model/hub/hubtest"
)

// serveHub is the command hub of scripts: it starts a hub that has the folders
// given as OWNER/NAME=FOLDER, and sets HF_ENDPOINT. A name that begins with a !
// is gated: the token is "letmein".
func serveHub(ts *testscript.TestScript, neg bool, args []string) {
	repos := map[string]*hubtest.Repo{}
	for _, arg := range args {
		name, dir, ok := strings.Cut(arg, "=")
		if !ok || neg {
			ts.Fatalf("usage: hub OWNER/NAME=FOLDER…")
		}
		name, gated := strings.CutPrefix(name, "!")
		repo := &hubtest.Repo{Files: map[string][]byte{}, Gated: gated}
		if gated {
			repo.Token = "letmein"
		}
		dir = ts.MkAbs(dir)
		entries, err := os.ReadDir(dir)
		ts.Check(err)
		for _, e := range entries {
			if e.Type().IsRegular() {
				data, err := os.ReadFile(filepath.Join(dir, e.Name()))
				ts.Check(err)
				repo.Files[e.Name()] = data
			}
		}
		repos[name] = repo
	}
	t, ok := ts.Value(testingT{}).(testing.TB)
	if !ok {
		ts.Fatalf("hub: the test is not known")
	}
	ts.Setenv("HF_ENDPOINT", hubtest.New(t, repos).URL)
}

// testingT is the key of the test that a script runs in.
type testingT struct{}
