package grammar

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"argen/internal/strict"
)

// A value is a JSON value as it was written: members in their order, numbers
// with their digits.
type value struct {
	at      string // JSON pointer (RFC 6901) as a fragment: "#/items/0"
	kind    strict.Kind
	text    string // of a string; else as written, of what is no array or object
	items   []*value
	members []member
}

type member struct {
	name string
	*value
}

// get returns a member of an object, nil if there is none.
func (v *value) get(name string) *value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// isFalse reports whether it is the schema that nothing satisfies.
func (v *value) isFalse() bool { return v.kind == strict.Bool && v.text == "false" }

// isTrue reports whether it is the schema that everything satisfies.
func (v *value) isTrue() bool { return v.kind == strict.Bool && v.text == "true" }

// escape is a name in a JSON pointer.
var escape = strings.NewReplacer("~", "~0", "/", "~1")

// readJSON reads a JSON value.
func readJSON(text string) (*value, error) {
	const deep = 200
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("it is empty, and no JSON")
	}
	j := strict.NewJSON("", []byte(text), deep)
	v, err := readValue(j, "#")
	if err == nil {
		err = j.End()
	}
	var bad *strict.Error
	if !errors.As(err, &bad) {
		return v, err
	}
	return nil, mark{text, int(bad.Offset)}.errorf("this is not JSON: %s", bad.Msg)
}

func readValue(j *strict.JSON, at string) (*value, error) {
	v := &value{at: at, kind: j.Kind()}
	var err error
	switch v.kind {
	case strict.Object:
		err = j.Object(func(name string) error {
			m, err := readValue(j, at+"/"+escape.Replace(name))
			v.members = append(v.members, member{name, m})
			return err
		})
	case strict.Array:
		err = j.Array(func(i int) error {
			item, err := readValue(j, at+"/"+strconv.Itoa(i))
			v.items = append(v.items, item)
			return err
		})
	case strict.String:
		v.text, err = j.String()
	default:
		var raw []byte
		raw, err = j.Raw()
		v.text = string(raw)
		if err == nil && v.kind == strict.Number && !sizeable(v.text) {
			err = j.Errorf("the number %.20s… has too many digits, or too large an exponent", v.text)
		}
	}
	return v, err
}

// sizeable reports whether a number can be computed with exactly: not 1e999999.
func sizeable(number string) bool {
	digits, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	e, err := strconv.Atoi(exponent)
	return len(digits) <= 100 && (exponent == "" || err == nil && e >= -100 && e <= 100)
}

// compact writes a value without blanks.
func (v *value) compact() string {
	switch v.kind {
	case strict.Object:
		parts := make([]string, len(v.members))
		for i, m := range v.members {
			parts[i] = quoted(m.name) + ":" + m.compact()
		}
		return "{" + strings.Join(parts, ",") + "}"
	case strict.Array:
		parts := make([]string, len(v.items))
		for i, item := range v.items {
			parts[i] = item.compact()
		}
		return "[" + strings.Join(parts, ",") + "]"
	case strict.String:
		return quoted(v.text)
	}
	return v.text
}

// quoted writes a JSON string.
func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(fmt.Sprintf("grammar: a string that is no JSON: %v", err)) // there is none
	}
	return strings.TrimSuffix(b.String(), "\n")
}
