//go:build ignore

// Measures argen's byte-pair encoding for bench_bpe.py:
//
//	go run bpe.go train TEXT VOCAB_SIZE OUT.json
//	go run bpe.go encode TOKENIZER.json TEXT OUT.ids
//
// prints one line of JSON with times in seconds. CPU time is that of the
// process, the garbage collector included.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"argen"
	"argen/tokenizer"
)

func main() {
	run := map[string]func([]string) (any, error){"train": train, "encode": encode}[os.Args[1]]
	result, err := run(os.Args[2:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bpe.go:", err)
		os.Exit(1)
	}
}

// cpu returns the CPU time of the process so far, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(u.Utime) + seconds(u.Stime)
}

func train(args []string) (any, error) {
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	wall, began := time.Now(), cpu()
	f, err := os.Open(args[0])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	o := tokenizer.BPEOptions{VocabSize: size, MinFrequency: 2, Special: []string{"<|endoftext|>"}}
	t, err := tokenizer.TrainBPE(context.Background(), tokenizer.Lines(f), o)
	if err != nil {
		return nil, err
	}
	result := map[string]any{"cpu": cpu() - began, "wall": time.Since(wall).Seconds(), "tokens": t.VocabSize()}
	var out bytes.Buffer
	if err := t.WriteJSON(&out); err != nil {
		return nil, err
	}
	return result, os.WriteFile(args[2], out.Bytes(), 0o644)
}

func encode(args []string) (any, error) {
	began := cpu()
	data, err := os.ReadFile(args[0])
	if err != nil {
		return nil, err
	}
	t, err := tokenizer.ReadBPE(args[0], data)
	if err != nil {
		return nil, err
	}
	load := cpu() - began
	text, err := os.ReadFile(args[1])
	if err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(text), "\n")
	began = cpu()
	var all [][]argen.ID
	for _, line := range lines {
		ids, _ := t.Encode(line)
		all = append(all, ids)
	}
	byLine := cpu() - began

	fresh, err := tokenizer.ReadBPE(args[0], data) // with nothing remembered
	if err != nil {
		return nil, err
	}
	began = cpu()
	whole, _ := fresh.Encode(string(text))
	asOne := cpu() - began

	began = cpu()
	fresh.Decode(whole)
	decode := cpu() - began
	var out bytes.Buffer
	for _, ids := range append(all, whole) {
		if err := binary.Write(&out, binary.LittleEndian, ids); err != nil {
			return nil, err
		}
	}
	result := map[string]any{"load": load, "lines": byLine, "whole": asOne, "decode": decode, "bytes": len(text)}
	return result, os.WriteFile(args[2], out.Bytes(), 0o644)
}
