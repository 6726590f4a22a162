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
	SVG    template.HTML // on white, "" where it was left out
	Dark   template.HTML // on black, "" where the other stands for both
	Title  string
	Words  string // what it shows
	Tables []table
}

// figures are those drawn already, by where they stand: a page that is too large
// is made again.
type figures map[string]drawn

type drawn struct {
	light string
	dark  string
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
	f.SVG = p.named(d.light)
	if p.thrift.dark {
		f.Dark = p.named(d.dark)
	} else {
		p.left(p.say("left_dark"))
	}
	return f, nil
}

// named is a picture whose name and description are what the chart says of
// itself.
func (p *page) named(svg string) template.HTML {
	p.ids++
	id := fmt.Sprintf("chart-%d", p.ids)
	svg = strings.Replace(svg, ` xmlns="http://www.w3.org/2000/svg"`, ` aria-labelledby="`+id+`-title" aria-describedby="`+id+`-desc"`, 1)
	svg = strings.Replace(svg, "<title>", `<title id="`+id+`-title">`, 1)
	svg = strings.Replace(svg, "<desc>", `<desc id="`+id+`-desc">`, 1)
	return template.HTML(svg) // viz escapes what it draws
}

func (p *page) draw(draw func() (*viz.Figure, error)) drawn {
	f, err := draw()
	if err != nil {
		return drawn{err: err}
	}
	d := drawn{title: f.Title, words: describe(f)}
	for theme, to := range map[string]*string{"light": &d.light, "dark": &d.dark} {
		var b bytes.Buffer
		f.Theme, _ = viz.LookupTheme(theme)
		if err := viz.Write(f, "svg", &b); err != nil {
			return drawn{err: err}
		}
		*to = b.String()
	}
	return d
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
