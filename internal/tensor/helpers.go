package tensor

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Helpers are goroutines that take part in large products. They wait in a loop
// for the next one, since a goroutine that sleeps takes longer to wake than a
// product takes, and end when none has come for a while.
var helpers struct {
	alive atomic.Int64
	offer atomic.Pointer[workspace] // what they can take part in
}

// patience is how long a helper waits for the next product.
const patience = 100 * time.Microsecond

// hands are the helpers of one call of Gemm.
type hands struct {
	open   atomic.Bool  // there are jobs to claim, maybe
	joined atomic.Int64 // how often a helper has taken part
	active atomic.Int64 // helpers that may be at work
}

// callHelpers offers the work to helpers. If they are busy elsewhere it gets
// done without them.
func (w *workspace) callHelpers() {
	w.hands.joined.Store(0)
	w.hands.open.Store(true)
	helpers.offer.Store(w)
	for helpers.alive.Load() < int64(w.threads-1) {
		helpers.alive.Add(1)
		go help()
	}
}

// dismissHelpers returns when no helper is at work any more.
func (w *workspace) dismissHelpers() {
	helpers.offer.CompareAndSwap(w, nil)
	w.hands.open.Store(false)
	for spins := 0; w.hands.active.Load() != 0; spins++ {
		pause(spins)
	}
}

// help takes part in whatever is offered.
func help() {
	defer helpers.alive.Add(-1)
	since := time.Now()
	for i := 1; ; i++ {
		if i%64 == 0 {
			runtime.Gosched()
		}
		if w := helpers.offer.Load(); w != nil {
			w.takePart()
			since = time.Now()
		} else if i%256 == 0 && time.Since(since) > patience {
			return
		}
	}
}

// takePart works until there is nothing left to claim. The offer may be over by
// now, or be another that uses the same memory: only while it is open is what
// it says valid, and it does not close for good before active is 0.
func (w *workspace) takePart() {
	w.hands.active.Add(1)
	defer w.hands.active.Add(-1)
	if !w.hands.open.Load() {
		return
	}
	if thread := int(w.hands.joined.Add(1)); thread < w.threads {
		w.work(w.a[thread])
	}
	helpers.offer.CompareAndSwap(w, nil)
}
