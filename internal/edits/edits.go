// Package edits compares words by how much must be changed to make one of the
// other, for errors that say what a person may have meant.
package edits

// most is the longest word that is compared, in bytes.
const most = 256

// Distance is the least number of characters to insert, remove or replace to
// make b of a (Levenshtein, Binary Codes Capable of Correcting Deletions,
// Insertions and Reversals, 1966). Words of more than 256 bytes are far from
// all others.
func Distance(a, b string) int {
	if len(a) > most || len(b) > most {
		return len(a) + len(b)
	}
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1) // row[j]: from[:i] to to[:j]
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			d := diagonal
			if from[i] != to[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(to)]
}
