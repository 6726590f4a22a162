package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
)

// readLine returns the next line, however the reading of it blocks.
func readLine(ctx context.Context, in *bufio.Reader) ([]byte, error) {
	type result struct {
		line []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		for {
			part, err := in.ReadSlice('\n')
			if len(r.line)+len(part) <= largestText {
				r.line = append(r.line, part...)
			} else if r.err == nil {
				r.err = fmt.Errorf("the line is longer than %d bytes", largestText)
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if r.err == nil && err != nil && (len(r.line) == 0 || !errors.Is(err, io.EOF)) {
				r.err = err
			}
			break
		}
		done <- r
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.line, r.err
	}
}
