package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"sync"
	"unicode"

	"argen"
	"argen/internal/words"
)

//go:embed assets
var assets embed.FS

// templates are those of all pages. What they show is escaped by place. They are
// parsed for the first page: no other command waits for them.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"letter": func(i int) string { return string(rune('a' + i)) },
		"add":    func(a, b int) int { return a + b },
	}).ParseFS(assets, "assets/*.html"))
})

// A page is one being made.
type page struct {
	words  *words.Catalogue
	thrift thrift
	known  *figures
	notes  []string // what was left out
	part   int      // the section being made, from 1
	ids    int
	big    bool // charts for a lecture hall
}

// A view is what the templates of a page get.
type view struct {
	*page
	Title    string
	Script   string // the name of its script and its own style
	Notes    []string
	Sections []section
	Slides   []slide
	Sheet    *sheetView
}

// asset returns the text of a file of this package.
func asset(name string) string {
	data, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is in the program
	}
	return string(data)
}

// CSS is the style of the page.
func (v view) CSS() template.CSS {
	return template.CSS(asset("page.css") + asset(v.Script+".css") + v.known.paint.css())
}

// JS is its script: what all pages share, then its own.
func (v view) JS() template.JS {
	return template.JS(asset("page.js") + asset(v.Script+".js"))
}

// Policy is what the page lets a browser do: apply its style, run this one
// script, show pictures that are in it. Nothing is fetched and nothing sent.
func (v view) Policy() string {
	sum := sha256.Sum256([]byte(v.JS()))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
}

// With is a part of the page for its template.
func (p *page) With(s section) partView { return partView{p, s} }

// Draws is a figure for its template.
func (p *page) Draws(f figure) figureView { return figureView{p, f} }

type partView struct {
	Page    *page
	Section section
}

type figureView struct {
	Page   *page
	Figure figure
}

// Worksheet returns a text of the catalogue's section worksheet.
func (p *page) Worksheet(key string) string { return p.words.Say("worksheet."+key, nil) }

// Quiz returns a text of the catalogue's section quiz.
func (p *page) Quiz(key string) string { return p.words.Say("quiz."+key, nil) }

// Explain returns a text of the catalogue's section explain.
func (p *page) Explain(key string) string { return p.words.Say("explain."+key, nil) }

// Lang is the language of the page.
func (p *page) Lang() string { return p.words.Language }

// Argen is the version of the program.
func (p *page) Argen() string { return argen.Version }

// Say returns a text of the catalogue's section report with values for its
// places, given as name, value, name, value.
func (p *page) Say(key string, values ...string) string {
	m := words.Map{}
	for i := 0; i+1 < len(values); i += 2 {
		m[values[i]] = values[i+1]
	}
	return p.words.Say("report."+key, m)
}

func (p *page) say(key string, values ...string) string { return p.Say(key, values...) }

// JSON is data for the script. Go writes <, > and & as escapes, so that nothing
// in it ends the element.
func (p *page) JSON(data any) (template.JS, error) {
	b, err := json.Marshal(data)
	return template.JS(b), err
}

// scriptWords are the texts that the script puts together.
var scriptWords = []string{
	"first", "previous", "next", "last", "token", "model_p", "after_chain", "what_happened",
	"stage", "tokens_left", "removed", "entropy", "others", "chosen", "candidates", "ledger", "no_candidates",
	"reveal_all", "hide_all", "light", "dark", "slide_of", "saved", "origin",
}

// Texts are those the script needs.
func (p *page) Texts() (template.JS, error) {
	m := map[string]string{}
	for _, key := range scriptWords {
		m[key] = p.words.Say("report."+key, words.Map{"n": "{n}", "all": "{all}", "file": "{file}"})
	}
	return p.JSON(m)
}

// left notes what was left out, once.
func (p *page) left(note string) {
	if !slices.Contains(p.notes, note) {
		p.notes = append(p.notes, note)
	}
}

// visible is a text from elsewhere as it can be shown.
func visible(s string) string { return argen.Visible(s) }

// piece is a token as tables have it: blanks at its borders are dots, a token
// that says nothing has a name.
func piece(s string) string {
	v := visible(s)
	inner := strings.Trim(v, " ")
	if inner == "" {
		return strings.Repeat("·", len(v))
	}
	begin := strings.Index(v, inner)
	return strings.Repeat("·", begin) + inner + strings.Repeat("·", len(v)-begin-len(inner))
}

// direction is "rtl" if the first letter of a text is of a script that is
// written from right to left.
func direction(s string) string {
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko):
			return "rtl"
		case unicode.IsLetter(r):
			return "ltr"
		}
	}
	return "ltr"
}
