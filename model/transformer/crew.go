package transformer

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A crew does independent pieces of work on all processors. Its helpers wait in
// a loop for the next work, since a goroutine that sleeps takes longer to wake
// than most of it takes, and end when none has come for a while.
//
// Pieces are taken by whoever is free, so that a helper that the system has put
// aside holds up one of them only. Who does a piece changes nothing in it. Work may
// be in areas (spread): everybody begins with their own, the same each time, since
// what was computed there lies in the caches of that processor. To read it from
// another's takes longer, several times so where the two share no cache.
type crew struct {
	threads int // at most, 0 for all processors

	// The work, written while it is not open and nobody is active.
	do          func(from, to int) // does pieces from ≤ piece < to
	total, some int                // pieces, and how many are taken at a time
	hands       int                // 0 but for split: how many share it
	areas       int                // 0 but for spread: in how many areas it is
	inArea      func(area, piece int)

	next   atomic.Int64 // how often pieces have been taken
	taken  []counter    // the same of each area
	open   atomic.Bool  // there are pieces to take, maybe
	active atomic.Int32 // helpers that may be at work
	alive  atomic.Int32 // helpers
	gone   atomic.Bool  // somebody found that the file of the weights was cut short
}

// A counter is alone in what caches hold together.
type counter struct {
	atomic.Int64
	_ [120]byte
}

const (
	// patience is how long a helper waits for the next work.
	patience = 200 * time.Microsecond
	// crewWork is how many multiplications a work must have to be shared.
	crewWork = 1 << 16
	// crewModel is how many numbers a model must have to be computed by a crew:
	// smaller ones are faster alone.
	crewModel = 4 << 20
)

// computing is how many contexts are being computed at this moment, of all models.
var computing atomic.Int32

// size is how many work, helpers and whoever has the work. Contexts that are
// computed at once share the processors: two that each wait for the helpers of the
// other's are slower than two that are computed alone.
func (c *crew) size() int {
	n := runtime.GOMAXPROCS(0)
	if c.threads > 0 {
		return min(n, c.threads)
	}
	return max(1, n/max(1, int(computing.Load())))
}

// run does a work of so many pieces, some of them at a time.
func (c *crew) run(total, some int, do func(from, to int)) {
	c.hands, c.areas = 0, 0
	c.do, c.total, c.some = do, total, some
	c.start()
}

// split is run where neighbouring pieces are best done together: everybody takes a
// large share first, then smaller and smaller ones of at least some, so that all end
// at about the same time.
func (c *crew) split(total, some int, do func(from, to int)) {
	c.hands, c.areas = c.size(), 0
	c.do, c.total, c.some = do, total, some
	c.start()
}

// spread does a work of so many pieces in each of the areas.
func (c *crew) spread(areas, pieces int, do func(area, piece int)) {
	c.areas, c.inArea, c.total = areas, do, pieces
	if len(c.taken) < c.areas {
		c.taken = make([]counter, c.areas)
	}
	for area := range c.areas {
		c.taken[area].Store(0)
	}
	c.start()
}

func (c *crew) start() {
	c.next.Store(0)
	c.open.Store(true)
	for int(c.alive.Load()) < c.size()-1 {
		go c.help(int(c.alive.Add(1)))
	}
	c.guarded(0)
	c.open.Store(false)
	for i := 1; c.active.Load() != 0; i++ {
		breathe(i)
	}
	c.check()
}

// work takes pieces until there are none left; me is whose area comes first. After
// their own everybody does what is left in others'.
func (c *crew) work(me int) {
	for k := range c.areas {
		area := (me + k) % c.areas
		for i := int(c.taken[area].Add(1)) - 1; i < c.total; i = int(c.taken[area].Add(1)) - 1 {
			c.inArea(area, i)
		}
	}
	for c.areas == 0 {
		from, to := c.share(int(c.next.Add(1)) - 1)
		if from >= c.total {
			return
		}
		c.do(from, to)
	}
}

// share returns which pieces are taken at the i-th time. Those that are split are
// taken in rounds: in each, everybody gets the same of three quarters of what is left.
func (c *crew) share(i int) (from, to int) {
	each := c.some
	for c.hands > 0 {
		if each = max((c.total-from)*3/4/c.hands&^15, c.some); i < c.hands || each == c.some {
			break
		}
		from += c.hands * each
		i -= c.hands
	}
	from += i * each
	return from, min(from+each, c.total)
}

// help works at whatever comes. Two helpers may be the same one's successors; that
// makes them slower, no more.
func (c *crew) help(me int) {
	defer c.alive.Add(-1)
	since := time.Now()
	for i := 1; ; i++ {
		breathe(i)
		if c.open.Load() {
			c.active.Add(1)
			if c.open.Load() { // still, now that run waits for this helper
				c.guarded(me)
			}
			c.active.Add(-1)
			since = time.Now()
		} else if i%256 == 0 && time.Since(since) > patience {
			return
		}
	}
}

// breathe lets other goroutines run now and then; it is called with 1, 2, 3, … Not
// more often than about every microsecond: whoever does so looks away for as long as
// some of the work takes.
func breathe(i int) {
	if i%1024 == 0 {
		runtime.Gosched()
	}
}

// A pace finds out whether single tokens are faster with a crew or alone. On a
// machine that does other work too a crew can be several times slower. It
// tries both for a few tokens, keeps to the better one, and tries again later.
type pace struct {
	tokens int
	took   [2]time.Duration // the last trial with a crew and alone
}

const (
	trial = 4   // tokens
	again = 256 // tokens from one pair of trials to the next
)

// alone reports whether the next token is computed without a crew.
func (p *pace) alone() bool {
	if i := p.tokens % again / trial; i < len(p.took) {
		return i == 1
	}
	return p.took[1] < p.took[0]
}

// add notes how long a token took.
func (p *pace) add(d time.Duration) {
	at := p.tokens % again
	if i := at / trial; i < len(p.took) {
		if at%trial == 0 {
			p.took[i] = 0
		}
		p.took[i] += d
	}
	p.tokens++
}
