package report

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"argen/internal/words"
)

// A form is how a reason of a trace reads in English, with places.
type form struct {
	key    string
	like   *regexp.Regexp
	places []string
}

// forms are those of the catalogue, in its order.
var forms = sync.OnceValue(func() []form {
	english, err := words.In(words.Languages[0])
	if err != nil {
		return nil // whoever asked has a catalogue already
	}
	place := regexp.MustCompile(`\\\{(\w+)\\\}`)
	var all []form
	for i := 0; ; i++ {
		f := form{key: "reasons." + strconv.Itoa(i)}
		if !english.Has(f.key) {
			return all
		}
		text := map[string]string{}
		for _, name := range english.Places(f.key) {
			text[name] = "{" + name + "}"
		}
		pattern := regexp.QuoteMeta(english.Say(f.key, text))
		for _, m := range place.FindAllStringSubmatch(pattern, -1) {
			f.places = append(f.places, m[1])
		}
		f.like = regexp.MustCompile("^" + place.ReplaceAllLiteralString(pattern, "(.+?)") + "$")
		all = append(all, f)
	}
})

// reason is why a stage or a search did something, as a trace has it in English,
// in the language of the page. What has no other form, an inequality, say, stays.
func (p *page) reason(text string) string {
	if p.words.Language == words.Languages[0] {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = p.translated(line)
	}
	return strings.Join(lines, "\n")
}

// translated is a line of a reason. A place whose name begins with "what" has a
// form itself.
func (p *page) translated(line string) string {
	for _, f := range forms() {
		found := f.like.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		values := words.Map{}
		for i, name := range f.places {
			values[name] = found[i+1]
			if strings.HasPrefix(name, "what") {
				values[name] = p.translated(found[i+1])
			}
		}
		return p.words.Say(f.key, values)
	}
	return line
}
