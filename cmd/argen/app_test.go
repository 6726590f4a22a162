package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
)

// A result is what a command did.
type result struct {
	code           int
	stdout, stderr string
}

// runArgs runs a command line in this process.
func runArgs(stdin string, args ...string) result {
	var stdout, stderr bytes.Buffer
	a := newApp(strings.NewReader(stdin), &stdout, &stderr, func(string) string { return "" })
	code := a.run(args)
	return result{code, stdout.String(), stderr.String()}
}

// succeed runs a command line that must succeed, and returns what it prints.
func succeed(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	r := runArgs(stdin, args...)
	if r.code != 0 {
		t.Fatalf("%v: exit code %d\n%s", args, r.code, r.stderr)
	}
	return r.stdout
}

// The sum of score's logprobs is what step counted while it wrote the text,
// whatever the model.
func TestScoreIsStep(t *testing.T) {
	for _, ref := range []string{"truth", "story-ngram"} {
		for seed := range 10 {
			args := []string{"-m", ref, "--seed", fmt.Sprint(seed), "-n", "-1", "--temperature", "0.9", "--json"}
			var text generated
			if err := json.Unmarshal([]byte(succeed(t, "", append([]string{"generate"}, args...)...)), &text); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(succeed(t, "", append([]string{"step"}, args...)...)), "\n")
			var last struct {
				LogProb float64 `json:"logprob"`
				Text    string
			}
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
				t.Fatal(err)
			}
			scored := score{}
			if err := json.Unmarshal([]byte(succeed(t, text.Text, "score", "-m", ref, "--eos", "--json")), &scored); err != nil {
				t.Fatal(err)
			}
			if last.Text != text.Text {
				t.Errorf("%s, seed %d: step writes %q, generate %q", ref, seed, last.Text, text.Text)
			}
			for what, got := range map[string]float64{"step": last.LogProb, "generate": float64(text.LogProb)} {
				if math.Abs(got-float64(scored.LogProb)) > 1e-9 {
					t.Errorf("%s, seed %d: ln P is %v in %s, %v in score", ref, seed, got, what, scored.LogProb)
				}
			}
			sum := 0.0
			for _, token := range scored.Tokens {
				sum += float64(*token.LogProb)
			}
			if math.Abs(sum-float64(scored.LogProb)) > 1e-9 || scored.Counted != len(text.IDs) {
				t.Errorf("%s, seed %d: tokens sum to %v, the total is %v; %d counted of %d", ref, seed, sum, scored.LogProb, scored.Counted, len(text.IDs))
			}
		}
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *number) UnmarshalJSON(data []byte) error {
	if x, ok := specials[strings.Trim(string(data), `"`)]; ok {
		*n = number(x)
		return nil
	}
	return json.Unmarshal(data, (*float64)(n))
}

// hostile is what somebody may put into a token, a file name or a flag.
var hostile = []string{
	"\x1b]52;c;cm0gLXJmIH4=\x07", "\x1b[2J\x1b[H", "\x1b]0;title\x1b\\", "\u009b31m", "\x9b31m", "a\u202eb", "\u2066x", "\x00", "\x7f", "\b\b\b", "\r", "\xff\xfe",
	"\xe6\x97", "\ufeff", "\u200b", "\u2028", "\U000e0041", "\x1bPq\x1b\\", "=cmd|' /C calc'!A0",
}

// hostileModel writes an n-gram model with hostile words.
func hostileModel(t *testing.T) string {
	var b strings.Builder
	var words []string
	for _, h := range hostile {
		h = strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\n\r\x00\u2028", r) || r == '\uFFFD' {
				return -1
			}
			return r
		}, h)
		if h != "" {
			words = append(words, h)
		}
	}
	fmt.Fprintf(&b, "\\data\\\nngram 1=%d\n\n\\1-grams:\n-99\t<s>\n-1\t</s>\n-1.5\t<unk>\n", len(words)+3)
	for _, w := range words {
		fmt.Fprintf(&b, "-1.3\t%s\n", w)
	}
	b.WriteString("\n\\end\\\n")
	path := filepath.Join(t.TempDir(), "hostile\x1b[2J.arpa")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Nothing that a terminal acts on is ever printed, in results or in errors,
// wherever it comes from.
func TestHostile(t *testing.T) {
	path := hostileModel(t)
	t.Chdir(t.TempDir())
	check := func(stdin string, args ...string) result {
		t.Helper()
		r := runArgs(stdin, args...)
		for _, out := range []string{r.stdout, r.stderr} {
			if argen.Printable(out) != out {
				t.Errorf("argen %q prints %q", args, out)
			}
		}
		if r.code != 0 && r.code != 1 && r.code != 2 {
			t.Errorf("argen %q: exit code %d", args, r.code)
		}
		if r.code != 0 && strings.Count(r.stderr, "argen: ") != 1 && !strings.Contains(r.stdout+r.stderr, `"error"`) {
			t.Errorf("argen %q fails with %q", args, r.stderr)
		}
		return r
	}
	for _, args := range [][]string{
		{"step", "-n", "20"},
		{"step", "-n", "20", "--json"},
		{"step", "-n", "5", "--ascii", "--explain"},
		{"generate", "-n", "30"},
		{"generate", "--json", "-n", "30"},
		{"generate", "-n", "20", "--log", "x.jsonl"},
		{"generate", "-n", "20", "--log", "x.csv"},
		{"generate", "-n", "20", "--prompt-lookup", "3"},
		{"step", "-n", "5", "--plain", "--draft", path},
		{"sample", "--draws", "30"},
		{"sample", "--json"},
	} {
		if r := check("", append(args, "-q", "--seed", "1", "-m", path)...); r.code != 0 {
			t.Errorf("argen %q: %s", args, r.stderr)
		}
	}
	check("", "tree", "-m", path, "--depth", "2")
	check(succeed(t, "", "tree", "-m", path, "--depth", "1", "--json"), "plot", "tree", "-", "--describe")
	check("", "step", "--replay", "x.jsonl")
	check("", "step", "--replay", "x.jsonl", "--json")
	check("", "verify", "x.jsonl")
	for _, name := range []string{"x.jsonl", "x.csv"} {
		log, err := os.ReadFile(name)
		if err != nil || argen.Printable(string(log)) != string(log) || len(log) < 300 {
			t.Errorf("%s holds what a terminal acts on: %v", name, err)
		}
	}
	for _, h := range hostile {
		check(h, "score", "-m", path)
		check(h, "score", "-m", path, "--json")
		check(h, "score", "-m", "truth", "-m", "story-ngram")
		for _, args := range [][]string{
			{h},
			{"step", h},
			{"step", "-m", h},
			{"step", "--track", h, "-n", "1"},
			{"step", "--force", h},
			{"step", "--" + h},
			{"step", "-f", h},
			{"step", "--replay", h},
			{"generate", "--chain", h},
			{"generate", "--seed", h},
			{"generate", "--stop-when", h},
			{"generate", "--stop", h, "-n", "2", "-q"},
			{"generate", "--log", h},
			{"generate", "--log", h + ".jsonl", "-n", "1", "-q"},
			{"generate", "--batch", h},
			{"sample", "--logits", h},
			{"score", "--ids", h},
			{"verify", h},
			{"help", h},
		} {
			check("", args...)
		}
		for _, command := range []string{"generate", "score", "sample"} {
			check(fmt.Sprintf("{%q:1}\n{\"text\":%q}\n%s\n", h, h, h), command, "--batch", "-")
		}
		check(h, "sample", "--logits", "-")
		check(h, "verify", "-")
		check(h, "step", "--dice", "-n", "1")
	}
}

// What --raw asks for it gets: bytes as they are.
func TestRawText(t *testing.T) {
	path := hostileModel(t)
	if out := succeed(t, "", "generate", "--raw", "-m", path, "--seed", "1", "-n", "60", "-q"); argen.Printable(out) == out {
		t.Errorf("nothing raw in %q", out)
	}
}

func TestStreamer(t *testing.T) {
	for _, c := range []struct {
		stop  []string
		steps []string
		end   string // Text of the end
		want  []string
	}{
		{nil, []string{"a", " b"}, "a b", []string{"a", " b", "\n"}},
		{nil, []string{"a\n"}, "a\n", []string{"a\n"}},
		{nil, nil, "", []string{"\n"}},
		{[]string{"xyz"}, []string{"ax", "y", "b"}, "axyb", []string{"a", "xyb", "\n"}},
		{[]string{"xyz"}, []string{"ax", "y", "z"}, "a", []string{"a", "\n"}},
		{[]string{"xyz", "y!"}, []string{"axy", "!"}, "ax", []string{"a", "x", "\n"}},
		{[]string{"aa"}, []string{"a", "b", "a"}, "aba", []string{"ab", "a", "\n"}},
		{[]string{" b"}, []string{"a", " b c"}, "a", []string{"a", "\n"}},
	} {
		var writes []string
		s := &streamer{w: writerFunc(func(p []byte) { writes = append(writes, string(p)) }), stop: c.stop}
		trace := argen.Trace{Ended: &argen.End{Text: c.end}}
		for _, text := range c.steps {
			trace.Steps = append(trace.Steps, argen.Step{Text: text})
		}
		if err := trace.Replay(s); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%q", writes) != fmt.Sprintf("%q", c.want) {
			t.Errorf("stop %q, steps %q: writes %q, want %q", c.stop, c.steps, writes, c.want)
		}
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}
