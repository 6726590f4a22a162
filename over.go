package argen

import (
	"bytes"
	"math"
	"slices"
)

// Over says why no token can follow, "" if one can.
func (r *Run) Over() string {
	n := len(r.steps)
	switch {
	case n > 0 && r.ends(r.steps[n-1].ID):
		return StopToken
	case r.cutAt() >= 0:
		return StopString
	case r.Left() == 0:
		return Length
	case r.complete:
		return Complete
	}
	return ""
}

// OverAfter says why no token could follow one more, "" if one could.
func (r *Run) OverAfter(id ID) string {
	switch {
	case r.ends(id):
		return StopToken
	case len(r.gen.Stop) > 0 && r.cutAfter(id):
		return StopString
	case r.Left() <= 1:
		return Length
	}
	return ""
}

// cutAfter reports whether a token completes a stop string.
func (r *Run) cutAfter(id ID) bool {
	decoder, longest := r.now().text, 0
	for _, stop := range r.gen.Stop {
		longest = max(longest, len(stop))
	}
	end := r.text[max(0, len(r.text)-longest):] // what is before is part of none
	text := append(slices.Clip(end), decoder.Add(id)...)
	return r.gen.cut(text, len(end)) >= 0
}

// ends reports whether a token ends the text.
func (r *Run) ends(id ID) bool { return !r.gen.NoStop && slices.Contains(r.info.Stop, id) }

// Left is how many tokens can follow, math.MaxInt if nothing limits them.
func (r *Run) Left() int {
	left := math.MaxInt
	if most := r.gen.MaxTokens; most > 0 {
		left = max(most-r.t(), 0)
	}
	if most := r.info.ContextLength; most > 0 && !r.gen.ContextShift {
		left = min(left, max(most-len(r.ids), 0))
	}
	return left
}

// cutAt returns where the first stop string begins in the text, −1 if there is
// none. Only what the last step added can complete one.
func (r *Run) cutAt() int {
	if len(r.steps) == 0 {
		return -1
	}
	return r.gen.cut(r.text, r.marks[len(r.marks)-2].end)
}

// cut returns where the first stop string begins in a text, −1 if there is none;
// none ends within its first bytes, as many as known.
func (g *Generator) cut(text []byte, known int) int {
	first := -1
	for _, stop := range g.Stop {
		if stop == "" {
			continue
		}
		from := max(0, known-len(stop)+1)
		if i := bytes.Index(text[from:], []byte(stop)); i >= 0 && (first < 0 || from+i < first) {
			first = from + i
		}
	}
	return first
}
