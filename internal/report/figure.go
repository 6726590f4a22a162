package report

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"argen/viz"
)

// A figure is a chart on a page, with its numbers.
type figure struct {
	SVG    template.HTML // "" where it was left out
	Title  string
	Words  string // what it shows
	Tables []table
}

// figures are those drawn already, by where they stand: a page that is too large
// is made again.
type figures map[string]drawn

type drawn struct {
	svg   string
	title string
	words string
	err   error
}

// figure returns a chart with the tables of its numbers. The key names the
// chart on this page.
func (p *page) figure(key string, draw func() (*viz.Figure, error), tables ...table) (figure, error) {
	d, ok := p.known[key]
	if !ok {
		d = p.draw(draw)
		p.known[key] = d
	}
	f := figure{Title: d.title, Words: d.words, Tables: tables}
	if d.err != nil {
		return f, d.err
	}
	if !p.thrift.charts {
		p.left(p.say("left_charts"))
		return f, nil
	}
	p.ids++
	id := fmt.Sprintf("chart-%d", p.ids)
	// What a chart says of itself is the name of the picture.
	svg := strings.Replace(d.svg, ` xmlns="http://www.w3.org/2000/svg"`, ` aria-labelledby="`+id+`-title" aria-describedby="`+id+`-desc"`, 1)
	svg = strings.Replace(svg, "<title>", `<title id="`+id+`-title">`, 1)
	svg = strings.Replace(svg, "<desc>", `<desc id="`+id+`-desc">`, 1)
	f.SVG = template.HTML(svg) // viz escapes what it draws
	return f, nil
}

func (p *page) draw(draw func() (*viz.Figure, error)) drawn {
	f, err := draw()
	if err != nil {
		return drawn{err: err}
	}
	var b bytes.Buffer
	err = viz.Write(f, "svg", &b)
	return drawn{b.String(), f.Title, describe(f), err}
}

// HasTables reports whether there are numbers to show.
func (f figure) HasTables() bool {
	return slices.ContainsFunc(f.Tables, func(t table) bool { return len(t.Rows) > 0 })
}

// describe is what a figure says beside its title.
func describe(f *viz.Figure) string {
	_, text, _ := strings.Cut(viz.Describe(f), "\n")
	return strings.TrimSpace(text)
}
