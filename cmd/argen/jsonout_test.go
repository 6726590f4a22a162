package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"argen"
)

// TestJSONLine: what is printed holds nothing that a terminal acts on, and
// reads back as what it was.
func TestJSONLine(t *testing.T) {
	for _, text := range []string{"", "a\"\\\n\t", "\x1b[31m\x07\x00", "\x7f\u0085\u202e\u2066", "\U000e0041<script>&", "é€😀", "\u2028"} {
		line, err := jsonLine(map[string]string{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		if shown := argen.Printable(string(line)); shown != string(line) {
			t.Errorf("%q is printed as %q, which the writer makes %q", text, line, shown)
		}
		var back map[string]string
		if err := json.Unmarshal(line, &back); err != nil || back["text"] != text {
			t.Errorf("%q comes back as %q, %v", text, back["text"], err)
		}
	}
	if _, err := jsonLine(func() {}); err == nil {
		t.Error("a function has JSON")
	}
}

// TestTraceHelp: the topic names every field of a trace.
func TestTraceHelp(t *testing.T) {
	log := succeed(t, "0.5\n", "step", "--json", "--dice", "--explain", "--timing", "-n", "2", "--seed", "1", "--top-k", "2", "It was a")
	known := map[string]bool{}
	for _, word := range regexp.MustCompile(`[a-z0-9_]+`).FindAllString(traceHelp, -1) {
		known[word] = true
	}
	var check func(value any)
	check = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, one := range v {
				check(one)
			}
		case map[string]any:
			for name, one := range v {
				if !known[name] {
					t.Errorf("argen help trace does not know %q", name)
				}
				if name != "params" && name != "data" {
					check(one)
				}
			}
		}
	}
	lines := 0
	for line := range strings.Lines(log) {
		var value map[string]any
		if err := json.Unmarshal([]byte(line), &value); err != nil {
			t.Fatal(err)
		}
		check(value)
		lines++
	}
	if lines < 3 {
		t.Errorf("%d lines: %s", lines, log)
	}
}

// TestEnvironmentHelp: the topic names every variable that the commands read.
func TestEnvironmentHelp(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	read := regexp.MustCompile(`\.env\("([A-Z_]+)"\)`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range read.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(environmentHelp, "  "+m[1]+" ") {
				t.Errorf("%s reads %s, which help environment does not name", file, m[1])
			}
		}
	}
}
