package sampler

import "strings"

// suggest is " did you mean …?" with the stage whose name is nearest to name,
// or "" if none is near.
func suggest(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	best, least := "", 3
	for _, s := range Table {
		if len(name) > len(s.Name)+2 {
			continue
		}
		d := edits(name, s.Name)
		if d < len(s.Name) && (d < least || strings.HasPrefix(s.Name, name) && best == "" && len(name) > 2) {
			best, least = s.Name, min(d, least)
		}
	}
	if best == "" {
		return ""
	}
	return " did you mean " + best + "?"
}

// edits is the least number of letters inserted, removed or replaced that
// makes b of a. (Levenshtein, Binary codes capable of correcting deletions,
// insertions and reversals, 1966)
func edits(a, b string) int {
	row := make([]int, len(b)+1) // row[j]: from a[:i] to b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d++
			}
			diagonal = row[j+1]
			row[j+1] = min(d, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
