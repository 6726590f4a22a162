// Goals measures what argen promises of itself on any machine, and prints it
// beside what it promises. What it promises against other programs is measured
// by bench_torch.py and bench_llama2c.py.
//
//	make bench BENCH=xxx            # this and no other benchmark
//	ARGEN=bin/argen go run bench_goals.go -model story
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/tokenizer"
)

var program = "bin/argen"

func main() {
	log.SetFlags(0)
	model := flag.String("model", "story", "the embedded transformer")
	spin := flag.Bool("spin", false, "be other work on the machine, until standard input ends")
	flag.Parse()
	if *spin {
		go func() { // whatever ends the one who started it ends this too
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		for i := 0; ; i++ {
			_ = i * i
		}
	}
	if name := os.Getenv("ARGEN"); name != "" {
		program = name
	}
	fmt.Printf("%-46s %14s %14s\n", "goal", "measured", "promised")
	row := func(name string, measured float64, unit string, most bool, bound float64) {
		sign, missed := "≥", measured < bound
		if most {
			sign, missed = "≤", measured > bound
		}
		note := ""
		if missed {
			note = "  MISSED"
		}
		fmt.Printf("%-46s %14s %14s%s\n", name, number(measured)+unit, sign+" "+number(bound)+unit, note)
	}
	row("process start, empty command", 1000*took(41, "version"), " ms", true, 5)
	ready := bench("-m", *model, "--threads", "1", "--gen", "256")
	row("model ready, first time in a process", ready.LoadMS[2], " ms", true, 20)
	row("start to first token on the screen", 1000*took(11, "step", "-m", *model, "-n", "1", "--seed", "1", "--plain"), " ms", true, 150)
	few, many := []string{"step", "-m", *model, "--seed", "1", "--json", "--ignore-eos", "-n", "8"}, []string{"step", "-m", *model, "--seed", "1", "--json", "--ignore-eos", "-n", "108"}
	row("step with full logging", 1000*(took(11, many...)-took(11, few...))/100, " ms", true, 2)
	row("embedded transformer: decode on one core", ready.DecodeTokS[1], " tok/s", false, 20000)
	row("busy machine: default threads against one", busy(), "x", false, 0.8)
}

func number(x float64) string {
	if x >= 1000 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// took is the median time of a command in seconds.
func took(times int, args ...string) float64 {
	all := make([]float64, times)
	for i := range all {
		start := time.Now()
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			log.Fatalf("%v: %v\n%s", args, err, out)
		}
		all[i] = time.Since(start).Seconds()
	}
	slices.Sort(all)
	return all[times/2]
}

type benched struct {
	LoadMS     [3]float64 `json:"load_ms"`
	DecodeTokS [3]float64 `json:"decode_tok_s"`
}

// bench is argen bench in a process of its own.
func bench(args ...string) (b benched) {
	out, err := exec.Command(program, append([]string{"bench", "--json"}, args...)...).Output()
	if err == nil {
		err = json.Unmarshal(out, &b)
	}
	if err != nil {
		log.Fatalf("bench %v: %v", args, err)
	}
	return b
}

// busy is the speed of a model of 20 million parameters with as many threads as
// there are cores over that with one, while other work keeps all cores busy.
func busy() float64 {
	dir, err := os.MkdirTemp("", "argen-bench")
	if err == nil {
		defer os.RemoveAll(dir)
		err = writeLlama(dir)
	}
	if err != nil {
		log.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	for range runtime.NumCPU() {
		other := exec.Command(self, "-spin")
		other.Env = append(os.Environ(), "GOMAXPROCS=2")
		life, err := other.StdinPipe()
		if err == nil {
			err = other.Start()
		}
		if err != nil {
			log.Fatal(err)
		}
		defer other.Wait()
		defer life.Close()
	}
	var ratios []float64
	for range 3 {
		speed := func(threads int) float64 {
			return bench("-m", dir, "--prompt", "8", "--gen", "128", "--reps", "1", "--threads", strconv.Itoa(threads)).DecodeTokS[1]
		}
		all := speed(runtime.NumCPU())
		ratios = append(ratios, all/speed(1))
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// writeLlama writes a llama of random weights.
func writeLlama(dir string) error {
	c := transformer.Config{
		Arch: "llama", VocabSize: 1024, Context: 256, Hidden: 512, Layers: 6, Heads: 8, KVHeads: 8, HeadDim: 64, FFN: 1376,
		Eps: 1e-5, Act: "silu", Tied: true, Rope: transformer.Rope{Theta: 10000}, BOS: argen.NoID,
	}
	var tensors []safetensors.Tensor
	rng := rand.New(rand.NewPCG(1, 1))
	add := func(name string, shape ...int) {
		n := 1
		for _, s := range shape {
			n *= s
		}
		x := make([]float32, n)
		for i := range x {
			if x[i] = 1; len(shape) > 1 {
				x[i] = float32(rng.NormFloat64() * 0.02)
			}
		}
		tensors = append(tensors, safetensors.FromFloat32(name, x, shape...))
	}
	add("model.embed_tokens.weight", c.VocabSize, c.Hidden)
	add("model.norm.weight", c.Hidden)
	for i := range c.Layers {
		at := fmt.Sprintf("model.layers.%d.", i)
		add(at+"input_layernorm.weight", c.Hidden)
		add(at+"post_attention_layernorm.weight", c.Hidden)
		for _, name := range []string{"q", "k", "v", "o"} {
			add(at+"self_attn."+name+"_proj.weight", c.Hidden, c.Hidden)
		}
		add(at+"mlp.gate_proj.weight", c.FFN, c.Hidden)
		add(at+"mlp.up_proj.weight", c.FFN, c.Hidden)
		add(at+"mlp.down_proj.weight", c.Hidden, c.FFN)
	}
	words := []string{"<unk>", "<s>", "</s>"}
	for i := len(words); i < c.VocabSize; i++ {
		words = append(words, "w"+strconv.Itoa(i))
	}
	t, err := tokenizer.NewWords(words)
	if err != nil {
		return err
	}
	file, err := tokenizer.HuggingFace(t, argen.NoID)
	if err != nil {
		return err
	}
	return transformer.WriteFolder(filepath.Clean(dir), c, tensors, file)
}
