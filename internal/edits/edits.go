// Package edits compares words by how much must be changed to make one of the
// other, for errors that say what a person may have meant.
package edits

// most is the longest word that is compared, in bytes.
const most = 256

// Distance is the least number of characters to insert, remove, replace or
// exchange with their neighbour to make b of a (Damerau, A Technique for
// Computer Detection and Correction of Spelling Errors, 1964; the algorithm is
// Lowrance and Wagner's, An Extension of the String-to-String Correction Problem,
// 1975). Words of more than 256 bytes are far from all others.
func Distance(a, b string) int {
	if len(a) > most || len(b) > most {
		return len(a) + len(b)
	}
	from, to := []rune(a), []rune(b)
	far := len(from) + len(to)
	// d[i+1][j+1] is from[:i] to to[:j]; the border before is too far to come from.
	width := len(to) + 2
	d := make([]int, (len(from)+2)*width)
	for i := range len(from) + 2 {
		d[i*width], d[i*width+1] = far, i-1
	}
	for j := range len(to) + 2 {
		d[j] = far
		if j > 0 {
			d[width+j] = j - 1
		}
	}
	seen := map[rune]int{} // where a character of to stood last in from, from 1
	for i, x := range from {
		last := 0 // where x stood last in to, from 1
		for j, y := range to {
			k, l := seen[y], last
			replace := 1
			if x == y {
				replace, last = 0, j+1
			}
			d[(i+2)*width+j+2] = min(
				d[(i+1)*width+j+1]+replace,
				d[(i+1)*width+j+2]+1,
				d[(i+2)*width+j+1]+1,
				d[k*width+l]+(i-k)+1+(j-l), // y…x becomes x…y, and what is between
			)
		}
		seen[x] = i + 1
	}
	return d[len(d)-1]
}
