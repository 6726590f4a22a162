// Package hub fetches models from a hub, as Hugging Face's is one, and finds
// those that were fetched:
//
//	ref, err := hub.ParseRef("hf:HuggingFaceTB/SmolLM2-135M-Instruct")
//	config, err := hub.FromEnv(os.Getenv)
//	pulled, err := (&hub.Puller{Config: config}).Pull(ctx, ref)
//	pulled, err = config.Find(ref) // again, without a connection
//
// Only [Puller] opens connections. What it fetches lies where the Python package
// huggingface_hub puts it, under the same names, so each finds what the other
// has fetched:
//
//	models--OWNER--NAME/
//	    refs/main                     the commit that main is, 40 hex digits
//	    blobs/HASH                    the bytes of a file, named by their hash
//	    blobs/HASH.incomplete         the first of them
//	    snapshots/COMMIT/config.json  a link to ../../blobs/HASH
//	.locks/models--OWNER--NAME/HASH.lock
//
// HASH is the SHA-256 of a large file and the name that git gives a small one.
// A blob gets its name once its bytes have this hash. A snapshot is filled when
// all its blobs are there, and refs is written last: a pull that was interrupted
// leaves the snapshot before it as it was, and goes on where it stopped.
package hub

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"argen/model/paths"
)

// Scheme is what the name of a model on a hub begins with.
const Scheme = "hf:"

// Form is how a model on a hub is named.
const Form = Scheme + "OWNER/NAME[@REV][:FILE]"

// A Ref names a model on a hub.
type Ref struct {
	Repo     string // OWNER/NAME
	Revision string // a branch, a tag or a commit; "" is main
	File     string // the file that is meant, with folders; "" where the repository has but one model
}

// mainRevision is the revision that is meant where none is named.
const mainRevision = "main"

// ParseRef reads hf:OWNER/NAME[@REV][:FILE].
func ParseRef(text string) (Ref, error) {
	rest, ok := strings.CutPrefix(text, Scheme)
	if !ok {
		if hint := fromAddress(text); hint != "" {
			return Ref{}, fmt.Errorf("%s is an address: models of a hub are named %s, here %s", paths.Quote(text), Form, hint)
		}
		return Ref{}, fmt.Errorf("%s names no model of a hub, whose names are %s", paths.Quote(text), Form)
	}
	var r Ref
	end := strings.IndexAny(rest, "@:")
	if end < 0 {
		end = len(rest)
	}
	r.Repo, rest = rest[:end], rest[end:]
	if strings.HasPrefix(r.Repo, "//") {
		return r, fmt.Errorf("%s: no slashes follow %s; the form is %s", paths.Quote(text), Scheme, Form)
	}
	if err := checkRepo(r.Repo); err != nil {
		return r, fmt.Errorf("%s: %w", paths.Quote(text), err)
	}
	if after, ok := strings.CutPrefix(rest, "@"); ok {
		r.Revision, rest, ok = strings.Cut(after, ":")
		if rest = ":" + rest; !ok {
			rest = ""
		}
		if err := checkName(r.Revision); err != nil {
			return r, fmt.Errorf("%s: the revision %s %w", paths.Quote(text), paths.Quote(r.Revision), err)
		}
	}
	if after, ok := strings.CutPrefix(rest, ":"); ok {
		r.File = after
		if err := checkName(r.File); err != nil {
			return r, fmt.Errorf("%s: the file %s %w", paths.Quote(text), paths.Quote(r.File), err)
		}
	}
	return r, nil
}

// String is the name as [ParseRef] reads it.
func (r Ref) String() string {
	s := Scheme + r.Repo
	if r.Revision != "" {
		s += "@" + r.Revision
	}
	if r.File != "" {
		s += ":" + r.File
	}
	return s
}

// revision is the revision's name, main where none is given.
func (r Ref) revision() string {
	if r.Revision == "" {
		return mainRevision
	}
	return r.Revision
}

// fromAddress makes a reference of the address of a page or file of a hub, ""
// if text is none: https://huggingface.co/OWNER/NAME/blob/REV/FILE.
func fromAddress(text string) string {
	_, rest, ok := strings.Cut(text, "://")
	if text, found := strings.CutPrefix(text, "huggingface.co/"); found {
		rest, ok = "host/"+text, true
	}
	_, rest, slash := strings.Cut(rest, "/")
	if !ok || !slash {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "?")
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	if len(parts) < 2 {
		return ""
	}
	r := Ref{Repo: parts[0] + "/" + parts[1]}
	if len(parts) >= 4 && (parts[2] == "blob" || parts[2] == "resolve" || parts[2] == "tree") {
		if parts[3] != mainRevision {
			r.Revision = parts[3]
		}
		if parts[2] != "tree" {
			r.File = path.Join(parts[4:]...)
		}
	}
	if parsed, err := ParseRef(r.String()); err != nil || parsed != r {
		return ""
	}
	return r.String()
}

// checkRepo says what is wrong with the name of a repository. The rules are
// those of huggingface_hub, so that a folder's name can be read back.
func checkRepo(repo string) error {
	const signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	parts := strings.Split(repo, "/")
	if repo == "" || len(parts) > 2 {
		return fmt.Errorf("the form is %s", Form)
	}
	for _, part := range parts {
		switch {
		case part == "" || len(part) > 96:
			return fmt.Errorf("OWNER and NAME have 1 to 96 characters")
		case strings.Trim(part, signs) != "" || strings.ContainsFunc(part, func(r rune) bool { return !strings.ContainsRune(signs, r) }):
			return fmt.Errorf("OWNER and NAME have letters, digits, '-', '_' and '.' only")
		case strings.Trim(part, "-.") != part || strings.Contains(part, "--") || strings.Contains(part, "..") || strings.HasSuffix(part, ".git"):
			return fmt.Errorf("OWNER and NAME do not begin or end with '-' or '.', hold no -- and no .., and do not end in .git")
		}
	}
	return nil
}

// checkName says what is wrong with the name of a file or revision, which comes
// from a user or a server and becomes a path: it must stay below the folder that
// it is put in, on any system, and mean the same file there.
func checkName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("is missing")
	case len(name) > 1024:
		return fmt.Errorf("is longer than 1024 bytes")
	case !utf8.ValidString(name):
		return fmt.Errorf("is not UTF-8")
	}
	for part := range strings.SplitSeq(name, "/") {
		stem, _, _ := strings.Cut(strings.ToUpper(part), ".")
		switch {
		case part == "" || part == "." || part == "..":
			return fmt.Errorf("would lie outside of its folder")
		case strings.ContainsFunc(part, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) }):
			return fmt.Errorf(`has a control character or one of \ : * ? " < > |`)
		case strings.HasSuffix(part, ".") || strings.HasSuffix(part, " "):
			return fmt.Errorf("has a part that ends in a dot or blank, which Windows drops")
		case len(part) > 255:
			return fmt.Errorf("has a part longer than 255 bytes")
		case isDevice(strings.TrimRight(stem, " ")):
			return fmt.Errorf("is a device of Windows")
		}
	}
	return nil
}

// isDevice reports whether a name without its ending, in capitals, is one that
// Windows keeps for devices.
func isDevice(stem string) bool {
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port := strings.TrimPrefix(strings.TrimPrefix(stem, "COM"), "LPT")
	return len(stem)-len(port) == 3 && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}
