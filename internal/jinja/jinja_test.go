package jinja

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"argen/internal/strict"
)

// A case is a template and what Jinja2 makes of it.
type reference struct {
	Name, Template string
	Vars           map[string]json.RawMessage
	Text, Error    *string
}

// references reads those of testdata/make_reference.py.
func references(t testing.TB) []reference {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []reference }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 90 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	return file.Cases
}

func (r *reference) values(t testing.TB) map[string]any {
	vars := map[string]any{}
	for name, raw := range r.Vars {
		v, err := readJSON(name, raw)
		if err != nil {
			t.Fatal(err)
		}
		vars[name] = v
	}
	return vars
}

// readJSON reads a value.
func readJSON(name string, data []byte) (any, error) {
	j := strict.NewJSON(name, data, MaxDepth)
	v, err := FromJSON(j)
	if err == nil {
		err = j.End()
	}
	return v, err
}

// TestReference renders what Jinja2 rendered, to the same bytes, and refuses
// what it refuses.
func TestReference(t *testing.T) {
	for _, r := range references(t) {
		text := ""
		tmpl, err := Parse("template", r.Template)
		if err == nil {
			text, err = tmpl.Render(r.values(t), Options{})
		}
		var where *Error
		switch {
		case err != nil && !errors.As(err, &where):
			t.Errorf("%s: an error of another kind: %v", r.Template, err)
		case r.Error != nil && err == nil:
			t.Errorf("%s\nis rendered as %q, Jinja2 says %s", r.Template, text, *r.Error)
		case r.Error == nil && err != nil:
			t.Errorf("%s\nis refused: %v, Jinja2 renders %q", r.Template, err, *r.Text)
		case r.Error == nil && text != *r.Text:
			t.Errorf("%s\nis  %q\nnot %q", r.Template, text, *r.Text)
		}
	}
}
