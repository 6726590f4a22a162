package sampler

import (
	"strings"

	"argen/internal/edits"
)

// suggest is " did you mean …?" with the one whose name is nearest to name,
// or "" if none is near.
func (f Forms[T]) suggest(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	best, least := "", 3
	for _, s := range f.All {
		if len(name) > len(s.Name)+2 {
			continue
		}
		d := edits.Distance(name, s.Name)
		if d < len(s.Name) && (d < least || strings.HasPrefix(s.Name, name) && best == "" && len(name) > 2) {
			best, least = s.Name, min(d, least)
		}
	}
	if best == "" {
		return ""
	}
	return " did you mean " + best + "?"
}
