package train

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A crew does independent pieces of work in parallel, as many at a time as
// there are threads. Which thread does which piece differs; what comes out
// must not depend on it.
type crew struct {
	next, workers atomic.Int64
	count         int
	do            func(worker, piece int)
	wait          sync.WaitGroup
	work          func()
}

func newCrew() *crew {
	c := &crew{}
	c.work = func() {
		defer c.wait.Done()
		worker := int(c.workers.Add(1)) - 1
		for {
			piece := int(c.next.Add(1)) - 1
			if piece >= c.count {
				return
			}
			c.do(worker, piece)
		}
	}
	return c
}

// run calls do for the pieces 0 to count−1, and returns when all are done. No
// two calls at a time have the same worker, 0 ≤ worker < min(threads(), count).
func (c *crew) run(count int, do func(worker, piece int)) {
	c.next.Store(0)
	c.workers.Store(0)
	c.count, c.do = count, do
	n := min(threads(), count)
	c.wait.Add(n)
	for range n - 1 {
		go c.work()
	}
	if n > 0 {
		c.work()
	}
	c.wait.Wait()
}

func threads() int { return runtime.GOMAXPROCS(0) }
