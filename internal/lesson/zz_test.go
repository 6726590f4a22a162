package lesson

import (
	"fmt"
	"testing"

	"argen"
	"argen/model/story"
)

func TestZZ(t *testing.T) {
	lab := newLab(t, "story", "en")
	stories, _ := lab.Stories(t.Context(), "asked", 40)
	sum := [3][4][6]float64{}
	n := 0.
	uni := 0.
	names := map[argen.ID]bool{}
	for _, ids := range stories {
		list, _ := askedOf(t.Context(), ids)
		for _, a := range list {
			if a.kind == "name" {
				names[a.word] = true
			}
		}
	}
	for _, ids := range stories {
		list, _ := askedOf(t.Context(), ids)
		s := lab.LM.Model.Start()
		s.Extend(t.Context(), append([]argen.ID{story.BOS}, ids...)...)
		in := s.(argen.Inspector)
		for l := range in.Layers() {
			w, err := in.Attention(t.Context(), l, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				if a.kind != "name" || a.back < 5 {
					continue
				}
				if l == 0 {
					n++
				}
				for k := 0; k < a.at; k++ {
					for h := range w {
						x := w[h][a.at]
						switch {
						case ids[k] == a.word:
							if l == 0 && h == 0 {
								uni += 1 / float64(a.at+1)
							}
							sum[l][h][0] += x[k+1]
							if k+2 <= a.at {
								sum[l][h][1] += x[k+2]
							}
						case names[ids[k]]:
							sum[l][h][2] += x[k+1]
						}
						if k == 0 {
							sum[l][h][3] += x[0]
							sum[l][h][4] += x[a.at]
						}
					}
				}
			}
		}
	}
	for l := range sum {
		for h := range sum[l] {
			fmt.Printf("%d.%d name %.3f after %.3f othernames %.3f bos %.3f self %.3f\n", l, h, sum[l][h][0]/n, sum[l][h][1]/n, sum[l][h][2]/n, sum[l][h][3]/n, sum[l][h][4]/n)
		}
	}
	fmt.Println(n, uni/n)
}
