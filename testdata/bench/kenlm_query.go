//go:build ignore

// Measures argen's n-gram model for bench_kenlm.py:
//
//	go run kenlm_query.go train ORDER TEXT        estimate, write ARPA to nowhere
//	go run kenlm_query.go convert ARPA BINARY     read ARPA, write the binary file
//	go run kenlm_query.go query BINARY TEXT       look up
//
// TEXT has one sentence a line. One JSON line goes to standard output.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"argen"
	"argen/internal/safefile"
	"argen/model/ngram"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: train ORDER TEXT | convert ARPA BINARY | query BINARY TEXT")
	}
	commands := map[string]func(a, b string) (map[string]any, error){"train": train, "convert": convert, "query": query}
	command, ok := commands[args[0]]
	if !ok {
		return fmt.Errorf("no command %q", args[0])
	}
	out, err := command(args[1], args[2])
	if err != nil {
		return err
	}
	out["rss_mb"] = residentMB()
	return json.NewEncoder(os.Stdout).Encode(out)
}

// residentMB is the most memory the process had, where the system says it.
func residentMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kB / 1024
		}
	}
	return 0
}

func train(order, path string) (map[string]any, error) {
	n, err := strconv.Atoi(order)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	start := time.Now()
	m, report, err := ngram.TrainText(context.Background(), f, ngram.Options{Order: n, Memory: 2 << 30})
	if err != nil {
		return nil, err
	}
	estimated := time.Since(start)
	if err := m.WriteARPA(io.Discard); err != nil {
		return nil, err
	}
	return map[string]any{
		"estimate_s": estimated.Seconds(), "with_arpa_s": time.Since(start).Seconds(),
		"tokens": report.Tokens, "types": report.Types, "ngrams": report.NGrams,
	}, nil
}

func convert(arpa, binary string) (map[string]any, error) {
	start := time.Now()
	m, err := ngram.OpenARPA(arpa)
	if err != nil {
		return nil, err
	}
	read := time.Since(start)
	err = safefile.Write(binary, func(w io.Writer) error { return m.WriteBinary(w) })
	return map[string]any{"read_arpa_s": read.Seconds()}, err
}

func query(binary, text string) (map[string]any, error) {
	start := time.Now()
	m, err := ngram.Open(binary)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	load := time.Since(start)
	sentences, words, err := readIDs(m, text)
	if err != nil {
		return nil, err
	}
	var total float64
	var one, many, whole []float64
	for range 7 {
		start = time.Now()
		total = oneByOne(m, sentences)
		one = append(one, float64(words)/time.Since(start).Seconds())
		start = time.Now()
		interleaved(m, sentences)
		many = append(many, float64(words)/time.Since(start).Seconds())
	}
	dst := make([]float64, m.Info().VocabSize)
	for i := range 40 {
		c := m.Begin()
		s := sentences[i*(len(sentences)/40)]
		for _, id := range s[:len(s)-1] {
			c, _ = m.Score(c, id)
		}
		start = time.Now()
		m.Distribution(dst, c)
		whole = append(whole, time.Since(start).Seconds())
	}
	return map[string]any{
		"load_s": load.Seconds(), "words": words, "log10_per_word": total / float64(words), "vocab": len(dst),
		"words_per_s": median(one), "interleaved_words_per_s": median(many), "distribution_s": median(whole),
	}, nil
}

// readIDs reads a text as sentences of ids, each with </s>.
func readIDs(m *ngram.Model, path string) (sentences [][]argen.ID, words int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var s []argen.ID
		for w := range strings.FieldsSeq(in.Text()) {
			id, _ := m.ID(w)
			s = append(s, id)
		}
		s = append(s, m.Vocab().EOS)
		words += len(s)
		sentences = append(sentences, s)
	}
	return sentences, words, in.Err()
}

func oneByOne(m *ngram.Model, sentences [][]argen.ID) (total float64) {
	for _, s := range sentences {
		c := m.Begin()
		for _, id := range s {
			total += m.Advance(&c, id)
		}
	}
	return total
}

// interleaved scores 16 sentences side by side, a token of each in turn.
func interleaved(m *ngram.Model, sentences [][]argen.ID) (total float64) {
	const lanes = 16
	var (
		contexts [lanes]ngram.Context
		left     [lanes][]argen.ID // what is still to be scored of each sentence
		ids      [lanes]argen.ID
		log10    [lanes]float64
	)
	n := 0 // busy lanes
	for ; n < lanes && len(sentences) > 0; n++ {
		contexts[n], left[n], sentences = m.Begin(), sentences[0], sentences[1:]
	}
	for n > 0 {
		for i := range n {
			ids[i] = left[i][0]
		}
		m.AdvanceAll(log10[:n], contexts[:n], ids[:n])
		for i := n - 1; i >= 0; i-- {
			total += log10[i]
			switch left[i] = left[i][1:]; {
			case len(left[i]) > 0:
			case len(sentences) > 0:
				contexts[i], left[i], sentences = m.Begin(), sentences[0], sentences[1:]
			default:
				n--
				contexts[i], left[i] = contexts[n], left[n]
			}
		}
	}
	return total
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
