package ngram

import (
	"bufio"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// runs are sorted files of windows. A record is order ids plus 1, with zeros
// after the end of a sentence, and the count, all little-endian uint32.
type runs struct {
	dir   string // where to make the directory, "" for the system's
	tmp   string // the directory, once there is one
	order int
	names []string
	made  int // runs written, for the report
}

// maxRuns is how many files are open at once.
const maxRuns = 128

func (r *runs) empty() bool { return len(r.names) == 0 }

// remove deletes all runs.
func (r *runs) remove() error {
	if r.tmp == "" {
		return nil
	}
	return os.RemoveAll(r.tmp)
}

// write makes a run of what source emits.
func (r *runs) write(ctx context.Context, source func(emit) error) (err error) {
	if len(r.names) == maxRuns {
		all := r.names
		r.names = nil
		merged := func(e emit) error { return r.mergeFiles(ctx, all, e) }
		if err := r.write(ctx, merged); err != nil {
			return err
		}
		for _, name := range all {
			if err := os.Remove(name); err != nil {
				return fmt.Errorf("ngram: removing a merged run: %w", err)
			}
		}
	}
	if r.tmp == "" {
		if r.tmp, err = os.MkdirTemp(r.dir, "argen-ngram-"); err != nil {
			return fmt.Errorf("ngram: sorted runs need a temporary directory: %w", err)
		}
	}
	r.made++
	f, err := os.Create(filepath.Join(r.tmp, fmt.Sprintf("run%06d", r.made)))
	if err != nil {
		return fmt.Errorf("ngram: making a sorted run: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<18)
	record := make([]byte, 4*(r.order+1))
	err = source(func(window []uint32, count uint32) error {
		clear(record)
		for i, id := range window {
			binary.LittleEndian.PutUint32(record[4*i:], id+1)
		}
		binary.LittleEndian.PutUint32(record[4*r.order:], count)
		_, err := w.Write(record)
		return err
	})
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return fmt.Errorf("ngram: writing a sorted run: %w", err)
	}
	r.names = append(r.names, f.Name())
	return nil
}

// merge gives the windows of all runs together, equal ones counted as one.
func (r *runs) merge(ctx context.Context, e emit) error {
	return r.mergeFiles(ctx, r.names, e)
}

func (r *runs) mergeFiles(ctx context.Context, names []string, e emit) error {
	var q runQueue
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("ngram: opening a sorted run: %w", err)
		}
		defer f.Close() // read only
		run := &run{r: bufio.NewReaderSize(f, 1<<17), order: r.order, record: make([]byte, 4*(r.order+1)), window: make([]uint32, r.order+1)}
		switch err := run.next(); {
		case err == nil:
			q = append(q, run)
		case !errors.Is(err, io.EOF):
			return fmt.Errorf("ngram: reading %s: %w", name, err)
		}
	}
	heap.Init(&q)
	window := make([]uint32, r.order)
	plain := make([]uint32, r.order)
	for steps := 0; len(q) > 0; steps++ {
		if steps&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		copy(window, q[0].window)
		count := uint32(0)
		for len(q) > 0 && slices.Equal(q[0].window[:r.order], window) {
			count += q[0].window[r.order]
			switch err := q[0].next(); {
			case err == nil:
				heap.Fix(&q, 0)
			case errors.Is(err, io.EOF):
				heap.Pop(&q)
			default:
				return fmt.Errorf("ngram: reading a sorted run: %w", err)
			}
		}
		n := 0
		for n < r.order && window[n] != 0 {
			plain[n] = window[n] - 1
			n++
		}
		if err := e(plain[:n], count); err != nil {
			return err
		}
	}
	return nil
}

// A run is a file being read; window holds its first unread record.
type run struct {
	r      io.Reader
	order  int
	record []byte
	window []uint32 // ids plus 1, then the count
}

func (r *run) next() error {
	if _, err := io.ReadFull(r.r, r.record); err != nil {
		return err
	}
	for i := range r.window {
		r.window[i] = binary.LittleEndian.Uint32(r.record[4*i:])
	}
	return nil
}

// runQueue is a heap of runs by their first window.
type runQueue []*run

func (q runQueue) Len() int { return len(q) }
func (q runQueue) Less(i, j int) bool {
	return slices.Compare(q[i].window[:q[i].order], q[j].window[:q[j].order]) < 0
}
func (q runQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *runQueue) Push(x any) { *q = append(*q, x.(*run)) }

// Pop implements heap.Interface.
func (q *runQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
