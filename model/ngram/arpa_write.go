package ngram

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
)

// WriteARPA writes the model in the ARPA format: the one all n-gram tools read.
// Probabilities are log10, in the fewest digits that give the same 32-bit
// number again; an impossible token has -99, as is the custom. An add-k model
// is not a back-off model and cannot be written so.
func (m *Model) WriteARPA(w io.Writer) error {
	if m.flat {
		return errors.New("ngram: add-k does not back off, ARPA cannot hold it: use the binary format")
	}
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, "\\data\\\n")
	for k, n := range m.NGrams() {
		fmt.Fprintf(out, "ngram %d=%d\n", k+1, n)
	}
	for k := range m.order {
		fmt.Fprintf(out, "\n\\%d-grams:\n", k+1)
		if err := m.writeLevel(out, k); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\n\\end\\\n")
	return out.Flush()
}

// WriteARPAgz writes the same, compressed by gzip.
func (m *Model) WriteARPAgz(w io.Writer) error {
	z := gzip.NewWriter(w)
	return errors.Join(m.WriteARPA(z), z.Close())
}

// lines is how many n-grams are formatted at once.
const lines = 1 << 15

// writeLevel writes the n-grams of k+1 tokens. Several blocks of lines are
// formatted side by side and written in order.
func (m *Model) writeLevel(w io.Writer, k int) error {
	from, to := int(m.level[k]), int(m.level[k+1])
	const ahead = 16
	var blocks [ahead][]byte
	for from < to {
		n := min(ahead, (to-from+lines-1)/lines)
		each(n, func(i int) {
			lo := from + i*lines
			blocks[i] = m.appendLines(blocks[i][:0], k, lo, min(lo+lines, to))
		})
		for _, b := range blocks[:n] {
			if _, err := w.Write(b); err != nil {
				return fmt.Errorf("ngram: writing %d-grams: %w", k+1, err)
			}
		}
		from += n * lines
	}
	return nil
}

// appendLines appends the lines of n-grams from to to-1, all of k+1 tokens.
func (m *Model) appendLines(b []byte, k, from, to int) []byte {
	if from >= to {
		return b
	}
	path := m.path(uint32(from), k)
	var prefix []byte // the words but the last, with spaces
	stale := true
	for i := uint32(from); i < uint32(to); i++ {
		for j := k - 1; j >= 0; j-- { // move on to the parent of i, and its parent, …
			child := i
			if j < k-1 {
				child = path[j+1]
			}
			for m.nodes[path[j]+1].first <= child {
				path[j]++
				stale = true
			}
		}
		if stale {
			prefix = prefix[:0]
			for _, p := range path[:k] {
				prefix = append(prefix, m.vocab.Words[m.nodes[p].word]...)
				prefix = append(prefix, ' ')
			}
			stale = false
		}
		b = appendLog(b, m.logprob(i))
		b = append(b, '\t')
		b = append(b, prefix...)
		b = append(b, m.vocab.Words[m.word(i)]...)
		if k+1 < m.order {
			b = append(b, '\t')
			b = appendLog(b, m.nodes[i].backoff)
		}
		b = append(b, '\n')
	}
	return b
}

// path returns the beginnings of n-gram number of k+1 tokens: its first token,
// its first two, and so on.
func (m *Model) path(number uint32, k int) []uint32 {
	path := make([]uint32, k+1)
	path[k] = number
	for j := k - 1; j >= 0; j-- {
		lo := m.level[j]
		path[j] = lo + uint32(sort.Search(int(m.level[j+1]-lo), func(i int) bool {
			return m.nodes[lo+uint32(i)+1].first > path[j+1]
		}))
	}
	return path[:k]
}

// appendLog appends a log10.
func appendLog(b []byte, v float32) []byte {
	if v == 0 { // also where it is -0
		return append(b, '0')
	}
	if math.IsInf(float64(v), -1) {
		return append(b, "-99"...)
	}
	return strconv.AppendFloat(b, float64(v), 'g', -1, 32)
}
