// Package report makes pages that a teacher hands out or shows: what traces,
// comparisons and lessons hold, worksheets with their keys, and slides. A page
// is one HTML file that needs nothing else: no network, no font, no server. It
// works with the keyboard, in light and dark, on paper, and for the most part
// without its script.
//
//	page := report.Report{Words: words, Title: "Week 3", Parts: []report.Part{report.Trace{Name: "a.jsonl", Trace: trace}}}
//	err := page.Write(w)
//
// Texts that come from a model or a file are data: html/template escapes them,
// the script writes text nodes alone, and the page's own policy lets no other
// script run, whatever a token says. Characters that show nothing or turn the
// direction of writing are escaped ([argen.Visible]) and every token is isolated
// in its direction.
package report

import (
	"bytes"
	"fmt"
	"io"

	"argen/internal/words"
)

// MostBytes is how large a page gets. What would make it larger is left out,
// and the page says what.
const MostBytes = 2_000_000

// A Report is a page.
type Report struct {
	Title string // "" for the usual one
	Words *words.Catalogue
	Parts []Part
}

// A Part is what a section of a page shows: a [Trace], a [Comparison], a
// [Lesson] or a [Quiz].
type Part interface {
	section(p *page) (section, error)
}

// A section is one part as the templates have it.
type section struct {
	ID, Title, Kind string // Kind names its template
	Note            string // below the title in the contents
	View            any
}

// A thrift is how much of the parts is shown.
type thrift struct {
	steps      int // of a trace
	candidates int // of a step
	rows       int // of a table
	charts     bool
}

// thrifts are tried in order until the page is small enough.
var thrifts = []thrift{
	{2000, 50, 2000, true},
	{2000, 20, 2000, true},
	{2000, 10, 2000, true},
	{1000, 10, 600, true},
	{500, 5, 200, true},
	{200, 3, 80, true},
	{100, 1, 40, false},
}

// Write writes the page.
func (r *Report) Write(w io.Writer) error { return write(w, r.Words, r.render) }

// write writes a page with as much on it as there is room for.
func write(w io.Writer, words *words.Catalogue, render func(p *page) ([]byte, error)) error {
	known := &figures{drawn: map[string]drawn{}}
	for _, t := range thrifts {
		data, err := render(&page{words: words, thrift: t, known: known})
		if err != nil {
			return err
		}
		if len(data) < MostBytes {
			_, err = w.Write(data)
			return err
		}
	}
	return fmt.Errorf("the page would be larger than %d MB with hardly anything on it: give it less", MostBytes/1_000_000)
}

// render is the page with as much on it as p allows.
func (r *Report) render(p *page) ([]byte, error) {
	title := r.Title
	if title == "" {
		title = p.say("title")
	}
	v := view{page: p, Title: visible(title), Script: "report"}
	for i, part := range withOverview(r.Parts) {
		p.part = i + 1
		s, err := part.section(p)
		if err != nil {
			return nil, err
		}
		s.ID = partID(p.part)
		v.Sections = append(v.Sections, s)
	}
	return v.bytes()
}

// partID is the id of a section, from 1.
func partID(n int) string { return fmt.Sprintf("part-%d", n) }

// bytes is the page.
func (v view) bytes() ([]byte, error) {
	v.Notes = v.notes
	var b bytes.Buffer
	err := templates().ExecuteTemplate(&b, v.Script, v)
	return b.Bytes(), err
}
