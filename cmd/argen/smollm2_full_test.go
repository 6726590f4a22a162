//go:build full

package main

import (
	"strings"
	"testing"
)

// TestSmolLM2Commands runs every command that takes a model on a real one, and
// the ways its context ends.
func TestSmolLM2Commands(t *testing.T) {
	everyCommand(t, "smollm2")
	full := runArgs("", "generate", "-m", "smollm2", "--context", "16", "-n", "50", "--seed", "1", "The capital of France is")
	if full.code != 0 || !strings.Contains(full.stderr, "the model's context of 16 tokens is full; --context-shift drops the oldest and goes on") {
		t.Errorf("exit code %d, %s", full.code, full.stderr)
	}
	shifted := runArgs("", "generate", "-m", "smollm2", "--context", "16", "--context-shift", "-n", "50", "--seed", "1", "The capital of France is")
	if shifted.code != 0 || !strings.HasPrefix(shifted.stdout, strings.TrimSuffix(full.stdout, "\n")) || len(shifted.stdout) <= len(full.stdout) {
		t.Errorf("exit code %d, %q, without the shift %q", shifted.code, shifted.stdout, full.stdout)
	}
	long := runArgs("", "generate", "-m", "smollm2", "--context", "4", "The capital of France is")
	if long.code != 1 || !strings.Contains(long.stderr, "5 tokens leave no room in the model's context of 4") {
		t.Errorf("exit code %d, %s", long.code, long.stderr)
	}
}
