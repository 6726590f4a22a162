package report

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/viz"
)

// A figure is a chart on a page, with its numbers.
type figure struct {
	SVG    template.HTML // "" where it was left out
	Title  string
	Read   string // how to read it
	Wide   bool   // it is a text's, a token beside the other
	Named  string // its title in the language of the page, where the chart has another
	Tables []table
}

// figures are those drawn already, by where they stand: a page that is too large
// is made again.
type figures struct {
	drawn map[string]drawn
	paint palette
}

type drawn struct {
	svg   string
	title string
	read  string // how to read it
	wide  bool
	err   error
}

// figure returns a chart with the tables of its numbers. The key names the
// chart on this page.
func (p *page) figure(key string, draw func() (*viz.Figure, error), tables ...table) (figure, error) {
	d, ok := p.known.drawn[key]
	if !ok {
		d = p.draw(draw)
		p.known.drawn[key] = d
	}
	f := figure{Title: d.title, Read: d.read, Wide: d.wide, Tables: tables}
	if d.err != nil {
		return f, d.err
	}
	if !p.thrift.charts {
		p.left(p.say("left_charts"))
		return f, nil
	}
	f.SVG = p.named(d.svg)
	return f, nil
}

// wide is the width in points from which on a chart needs a page of paper on its
// side: the usual one has 720.
const wide = 800

// spoken is a figure of what speaks English, on a page of another language with
// its title in that.
func (p *page) spoken(f figure, chart string) figure {
	if p.words.Language != words.Languages[0] {
		f.Named = p.say("drawn." + chart)
	}
	return f
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
	var svg [2]string
	for i, theme := range []string{"light", "dark"} {
		var b bytes.Buffer
		f.Theme, _ = viz.LookupTheme(theme)
		if err := viz.Write(f, "svg", &b); err != nil {
			return drawn{err: err}
		}
		svg[i] = b.String()
	}
	return drawn{svg: p.known.paint.merge(svg[0], svg[1]), title: f.Title, read: argen.Printable(f.Caption), wide: f.Width > wide}
}

// HasTables reports whether there are numbers to show.
func (f figure) HasTables() bool {
	return slices.ContainsFunc(f.Tables, func(t table) bool { return len(t.Rows) > 0 })
}

// A palette has the colours of the charts of a page in both themes, in the order
// in which they came.
type palette struct{ pairs [][2]string }

// painted are the colours of a picture of viz.
var painted = regexp.MustCompile(`="(#[0-9a-f]{6})"`)

// merge makes one picture of the two of a chart, which differ in their colours:
// those that do are variables of the page's style. Pictures that differ in more
// give the first.
func (c *palette) merge(light, dark string) string {
	on, off := painted.FindAllStringSubmatchIndex(light, -1), painted.FindAllStringSubmatchIndex(dark, -1)
	if len(on) != len(off) {
		return light
	}
	var b strings.Builder
	at, other := 0, 0
	for i := range on {
		from, to, far := on[i][2], on[i][3], off[i][2]
		if light[at:from] != dark[other:far] {
			return light
		}
		b.WriteString(light[at:from])
		b.WriteString(c.name(light[from:to], dark[far:off[i][3]]))
		at, other = to, off[i][3]
	}
	if light[at:] != dark[other:] {
		return light
	}
	b.WriteString(light[at:])
	return b.String()
}

// name is what stands for a colour in both themes.
func (c *palette) name(light, dark string) string {
	if light == dark {
		return light
	}
	pair := [2]string{light, dark}
	i := slices.Index(c.pairs, pair)
	if i < 0 {
		i = len(c.pairs)
		c.pairs = append(c.pairs, pair)
	}
	return fmt.Sprintf("var(--k%d)", i)
}

// css gives the colours their values: those of a light screen and of paper, then
// those of a dark screen, where the system or the reader wants it.
func (c *palette) css() string {
	if len(c.pairs) == 0 {
		return ""
	}
	var of [2]strings.Builder
	for i, pair := range c.pairs {
		for k := range of {
			fmt.Fprintf(&of[k], "--k%d:%s;", i, pair[k])
		}
	}
	return ":root{" + of[0].String() + "}\n" +
		"@media screen and (prefers-color-scheme: dark){:root:not([data-theme=light]){" + of[1].String() + "}}\n" +
		"@media screen{:root[data-theme=dark]{" + of[1].String() + "}}\n"
}
