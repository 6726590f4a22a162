package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"argen/internal/golden"
)

// realModelFlag marks the lines of the README that take the real model.
const realModelFlag = " -m smollm2 "

// TestReadme runs what the README and the guide show: each line "$ argen …" of
// their console blocks prints what stands below it, and the pictures that these
// commands draw are those that the page has. A line "…" stands for any lines. What
// takes the real model is run by the full tests alone, which have it; the blocks
// of such lines and those that read what they logged hold no others.
func TestReadme(t *testing.T) {
	t.Run("README.md", func(t *testing.T) { testPage(t, "README.md", 10, 7) })
	t.Run("GUIDE.md", func(t *testing.T) { testPage(t, "GUIDE.md", 10, 1) })
}

// testPage tests a page at the top, which has so many blocks and pictures at least.
func testPage(t *testing.T, name string, leastBlocks, leastPictures int) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	page, blocks := runPage(t, filepath.Join(top, name))

	pictures := regexp.MustCompile(`\]\((testdata/readme/[\w.-]+)\)`).FindAllStringSubmatch(page, -1)
	for _, p := range pictures {
		drawn, err := os.ReadFile(filepath.Base(p[1]))
		if err == nil {
			golden.File(t, filepath.Join(top, filepath.FromSlash(p[1])), drawn)
		} else if _, err := os.Stat(filepath.Join(top, filepath.FromSlash(p[1]))); err != nil {
			t.Errorf("%s shows %s, which is not there", name, p[1])
		}
	}
	if blocks < leastBlocks || len(pictures) < leastPictures {
		t.Errorf("%d console blocks and %d pictures found", blocks, len(pictures))
	}
}

// TestTeaching runs what the teacher's page shows, as TestReadme does, and asks of
// each command that it names whether there is one.
func TestTeaching(t *testing.T) {
	path, err := filepath.Abs("../../internal/lesson/TEACHING.md")
	if err != nil {
		t.Fatal(err)
	}
	page, blocks := runPage(t, path)
	if blocks < 4 {
		t.Errorf("%d console blocks found", blocks)
	}
	questions, err := os.ReadFile(filepath.Join(filepath.Dir(path), "QUESTIONS.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := namedCommands(page)
	if len(named) < 15 {
		t.Errorf("%d commands are named", len(named))
	}
	if n := len(namedCommands(string(questions))); n < 12 {
		t.Errorf("%d commands are named among the questions", n)
	}
	for _, line := range append(named, namedCommands(string(questions))...) {
		line, _, _ = strings.Cut(line, " > ")
		words := splitWords(line)
		root := newApp(nil, nil, nil, func(string) string { return "" }).root("")
		c, rest, err := root.Find(words)
		if err == nil {
			err = c.ParseFlags(rest)
		}
		if err != nil {
			t.Errorf("argen %s: %v", line, err)
			continue
		}
		if args := c.Flags().Args(); c.Name() == "explain" && len(args) == 1 {
			if _, err := findLesson(args[0]); err != nil {
				t.Errorf("argen %s: %v", line, err)
			}
		}
	}
}

// namedCommands are the command lines that a text names, without the program.
func namedCommands(text string) []string {
	var all []string
	for _, m := range regexp.MustCompile("`argen ([^`]+)`").FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(m[1], "\n", " "))
	}
	return all
}

// runPage runs the console blocks of a page in an empty folder and compares it with
// what they print; it returns the page as it is and how many blocks it has.
func runPage(t *testing.T, path string) (page string, blocks int) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	parts := strings.Split(string(data), "```console\n")
	out.WriteString(parts[0])
	for _, part := range parts[1:] {
		shown, rest, found := strings.Cut(part, "```")
		if !found {
			t.Fatal("a console block does not end")
		}
		if withRealModel || !strings.Contains(shown, realModelFlag) {
			shown = runShown(t, shown)
		}
		out.WriteString("```console\n" + shown + "```" + rest)
	}
	golden.File(t, path, out.Bytes())
	return string(data), len(parts) - 1
}

// runShown runs the commands of a console block and returns it as it should be.
func runShown(t *testing.T, block string) string {
	var out strings.Builder
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		line, shown, _ := strings.Cut(part, "\n")
		got := runLine(t, line)
		if elided(shown, got) {
			got = shown
		} else {
			got = elide(shown, got)
		}
		out.WriteString("$ " + line + "\n" + got)
	}
	return out.String()
}

// elided reports whether shown is got with some lines left out where it has a
// line "…".
func elided(shown, got string) bool {
	parts := strings.Split(shown, "…\n")
	if len(parts) == 1 {
		return false
	}
	rest, ok := strings.CutPrefix(got, parts[0])
	for _, p := range parts[1:] {
		i := strings.Index(rest, p)
		if !ok || i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return rest == "" || parts[len(parts)-1] == ""
}

// elide leaves out of got what shown leaves out: of each of its parts, which begins
// at the line that it begins with, as many paragraphs stay as it has. Where such a
// line is not there all stays.
func elide(shown, got string) string {
	parts := strings.Split(shown, "…\n")
	if len(parts) == 1 {
		return got
	}
	var out []string
	rest := got
	for _, p := range parts {
		if p == "" {
			out = append(out, "")
			continue
		}
		first, _, _ := strings.Cut(p, "\n")
		i := strings.Index("\n"+rest, "\n"+first+"\n")
		if i < 0 {
			return got
		}
		rest = rest[i:]
		end := 0
		for range 1 + strings.Count(strings.TrimRight(p, "\n"), "\n\n") {
			if j := strings.Index(rest[end:], "\n\n"); j >= 0 {
				end += j + 2
			} else {
				end = len(rest) + 1
				break
			}
		}
		out = append(out, rest[:end-1])
		rest = rest[end-1:]
	}
	return strings.Join(out, "…\n")
}

func TestElide(t *testing.T) {
	got := "head\n\nnumbers\n 3 4\n\nmore\n\nend 7\n"
	for shown, want := range map[string]string{
		"…\nnumbers\n 1 2\n…\n":       "…\nnumbers\n 3 4\n…\n",
		"…\nnumbers\n 1\n\nless\n…\n": "…\nnumbers\n 3 4\n\nmore\n…\n",
		"head\n…\nend 7\n":            "head\n…\nend 7\n",
		"head\n…\nend 8\n":            got,
		"all\n":                       got,
	} {
		if out := elide(shown, got); out != want {
			t.Errorf("%q becomes %q", shown, out)
		}
	}
}

// explained is what lessons print that a page has run: they read no files and have a
// seed, so that two pages show the same.
var explained = map[string]string{}

// progressLine is what a job says that has taken a while, which no page shows: it
// depends on the machine.
var progressLine = regexp.MustCompile(`(?m)^argen: \S+ \d+ %, [\d,]+ \w+\n`)

// runLine runs a command line of argen and returns what it prints.
func runLine(t *testing.T, line string) string {
	words := splitWords(line)
	if len(words) < 2 || words[0] != "argen" {
		t.Errorf("%s: not a command of argen", line)
		return ""
	}
	lesson := words[1] == "explain"
	if out, known := explained[line]; lesson && known {
		return out
	}
	var screen bytes.Buffer // results and hints, as a person sees them
	a := newApp(strings.NewReader(""), &screen, &screen, func(string) string { return "" })
	if code := a.run(words[1:]); code != 0 {
		t.Errorf("%s: exit code %d\n%s", line, code, screen.String())
	}
	shown := progressLine.ReplaceAllString(screen.String(), "")
	if lesson {
		explained[line] = shown
	}
	return shown
}
