package tensor

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Gemm cuts its matrices into blocks that fit the caches and packs them so that
// the innermost loop reads memory in order (Goto and van de Geijn, Anatomy of
// High-Performance Matrix Multiplication, 2008): a block of B of deepK x blockN
// is packed once and shared, blocks of A of blockM x blockK by each thread. A
// tile of mr x nr elements of C then stays in registers for blockK steps.
const (
	blockK = 256
	blockM = 120 // a multiple of all mr
	blockN = 512
	deepK  = 2048 // threads wait for each other between blocks of B, so it is large

	goRows, goCols = 2, 4 // the tile of plain Go
	mostRows       = 12
	mostCols       = 32
)

// parallelWork is how many multiply-adds are worth a second thread.
const parallelWork = 1 << 22

// product is one call of Gemm.
type product struct {
	transA, transB bool
	fresh          bool // β is 0: C begins with zeros, whatever is in it
	m, n, k        int
	alpha          float32
	a, b, c        []float32
	lda, ldb, ldc  int
}

// A workspace is one call of Gemm at work, and its memory. The work is a row of
// jobs: for each block of B those that pack it, then those that multiply with
// it. Threads claim jobs in order; one that needs all earlier jobs done waits
// for them, so a thread that comes late delays nobody.
type workspace struct {
	product
	threads int
	jobs    int64
	next    atomic.Int64 // the job to be claimed next
	done    atomic.Int64 // jobs done
	b       []float32    // packed block of B
	a       [][]float32  // packed block of A of each thread
	hands   hands
}

// spare holds workspaces that no call is using.
var spare struct {
	sync.Mutex
	list []*workspace
}

func takeWorkspace() *workspace {
	spare.Lock()
	defer spare.Unlock()
	last := len(spare.list) - 1
	if last < 0 {
		return new(workspace)
	}
	w := spare.list[last]
	spare.list = spare.list[:last]
	return w
}

func (w *workspace) giveBack() {
	w.product = product{}
	spare.Lock()
	defer spare.Unlock()
	spare.list = append(spare.list, w)
}

// Gemm computes C = α·op(A)·op(B) + β·C, where op transposes if transA or transB
// says so: op(A) is m x k, op(B) is k x n, C is m x n, and the rows of the stored
// matrices are lda, ldb and ldc elements apart. With β = 0 the old C is not
// read. Large products use all threads of GOMAXPROCS; each element is the sum
// of its products in the order of k, whoever computes it.
func Gemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	p := product{transA, transB, beta == 0, m, n, k, alpha, a, b, c, lda, ldb, ldc}
	if !p.fits() {
		panic("tensor: matrix does not fit its slice")
	}
	if m == 0 || n == 0 {
		return
	}
	if k == 0 || alpha == 0 || beta != 0 {
		scaleRows(c, m, n, ldc, beta)
	}
	if k == 0 || alpha == 0 {
		return
	}
	w := takeWorkspace()
	defer w.giveBack()
	w.product = p
	w.run()
}

// fits reports whether no size is negative and the matrices fit their slices.
func (p *product) fits() bool {
	rowsA, colsA, rowsB, colsB := p.m, p.k, p.k, p.n
	if p.transA {
		rowsA, colsA = colsA, rowsA
	}
	if p.transB {
		rowsB, colsB = colsB, rowsB
	}
	return fits(rowsA, colsA, p.lda, len(p.a)) && fits(rowsB, colsB, p.ldb, len(p.b)) && fits(p.m, p.n, p.ldc, len(p.c))
}

// fits reports whether a matrix with rows ld elements apart fits length elements.
func fits(rows, cols, ld, length int) bool {
	return rows >= 0 && cols >= 0 && ld >= max(1, cols) && (rows == 0 || cols == 0 || length >= (rows-1)*ld+cols)
}

// scaleRows multiplies C by beta.
func scaleRows(c []float32, m, n, ldc int, beta float32) {
	for i := range m {
		switch row := c[i*ldc : i*ldc+n]; beta {
		case 0:
			clear(row)
		case 1:
		default:
			Scale(beta, row)
		}
	}
}

func (w *workspace) run() {
	w.threads = 1
	if w.m*w.n*w.k >= parallelWork {
		w.threads = runtime.GOMAXPROCS(0)
	}
	_, nr := tileSize()
	size := min(w.k, deepK) * ((min(w.n, blockN) + nr - 1) / nr * nr)
	if len(w.b) < size {
		w.b = make([]float32, size)
	}
	for len(w.a) < w.threads {
		w.a = append(w.a, make([]float32, blockM*blockK))
	}
	w.jobs = 0
	for s := w.start(); s.j0 < w.n; s = w.after(s) {
		w.jobs = s.first + s.packs + s.products
	}
	w.next.Store(0)
	w.done.Store(0)
	if w.threads > 1 {
		w.callHelpers()
		defer w.dismissHelpers()
	}
	w.work(w.a[0])
}

// A stage is a block of B and the jobs about it.
type stage struct {
	j0, jn, k0, kn         int   // its columns and rows
	block                  int   // rows of C of a job
	cols                   int   // columns of C of a job
	first, packs, products int64 // index of its first job, how many of each kind
}

// start returns the first stage, after the one after s, beyond w.n at the end.
func (w *workspace) start() stage { return w.fill(stage{}) }

func (w *workspace) after(s stage) stage {
	next := stage{j0: s.j0, k0: s.k0 + deepK, first: s.first + s.packs + s.products}
	if next.k0 >= w.k {
		next.j0, next.k0 = s.j0+blockN, 0
	}
	return w.fill(next)
}

// fill sets the sizes of a stage, given where it begins. A product is cut in rows,
// and if that leaves threads without work, in columns too.
func (w *workspace) fill(s stage) stage {
	s.jn, s.kn = min(w.n-s.j0, blockN), min(w.k-s.k0, deepK)
	if s.jn <= 0 {
		return s
	}
	mr, nr := tileSize()
	ceil := func(a, b int) int { return (a + b - 1) / b }
	wanted := 1
	if w.threads > 1 {
		wanted = 3 * w.threads
	}
	panels, columns := ceil(w.m, mr), ceil(s.jn, nr)
	s.block = min(blockM/mr, ceil(panels, wanted)) * mr
	rows := ceil(w.m, s.block)
	s.cols = max(min(columns, 4), ceil(columns, ceil(wanted, rows))) * nr
	s.packs = int64(ceil(columns, panelsPacked))
	s.products = int64(rows * ceil(s.jn, s.cols))
	return s
}

// panelsPacked is how many panels of B a job packs.
const panelsPacked = 4

// work claims jobs and does them until none is left.
func (w *workspace) work(packed []float32) {
	s := w.start()
	for {
		job := w.next.Add(1) - 1
		if job >= w.jobs {
			return
		}
		for job >= s.first+s.packs+s.products {
			s = w.after(s)
		}
		if n := job - s.first; n < s.packs {
			w.await(s.first)
			w.packB(&s, int(n))
		} else {
			w.await(s.first + s.packs)
			w.multiply(&s, int(n-s.packs), packed)
		}
		w.done.Add(1)
	}
}

// await returns when so many jobs are done. They are claimed already and soon
// done, so at first it spins. If they take long, the system has stopped the
// thread that has them: it may have this thread's core.
func (w *workspace) await(jobs int64) {
	for spins := 0; w.done.Load() < jobs; spins++ {
		pause(spins)
	}
}

// pause is called with 0, 1, 2, … while waiting in a loop.
func pause(spins int) {
	switch {
	case spins > 4000:
		time.Sleep(20 * time.Microsecond)
	case spins > 2000:
		runtime.Gosched()
	}
}

// packB packs panels of nr columns of B, one after the other.
func (w *workspace) packB(s *stage, job int) {
	_, nr := tileSize()
	from := job * panelsPacked * nr
	for j := from; j < min(from+panelsPacked*nr, s.jn); j += nr {
		pack(w.b[j*s.kn:(j+nr)*s.kn], nr, w.product.b, w.ldb, w.transB, s.j0+j, min(nr, s.jn-j), s.k0, s.kn)
	}
}

// multiply adds the products of a block of rows of A with packed panels of B to C.
func (w *workspace) multiply(s *stage, job int, packed []float32) {
	rows := (w.m + s.block - 1) / s.block
	i0, j0 := job%rows*s.block, job/rows*s.cols
	for k0 := 0; k0 < s.kn; k0 += blockK {
		w.multiplyBlock(s, i0, j0, k0, packed)
	}
}

// multiplyBlock packs steps of k from k0 on, at most blockK, of the rows of A in
// panels of mr rows, and multiplies them.
func (w *workspace) multiplyBlock(s *stage, i0, j0, k0 int, packed []float32) {
	mr, nr := tileSize()
	in, kn := min(s.block, w.m-i0), min(blockK, s.kn-k0)
	for i := 0; i < in; i += mr {
		panel := packed[i*kn : (i+mr)*kn]
		pack(panel, mr, w.product.a, w.lda, !w.transA, i0+i, min(mr, in-i), s.k0+k0, kn)
		if w.alpha != 1 {
			Scale(w.alpha, panel)
		}
	}
	fresh := w.fresh && s.k0+k0 == 0
	for j := j0; j < min(j0+s.cols, s.jn); j += nr {
		b := w.b[j*s.kn+k0*nr:][:kn*nr]
		for i := 0; i < in; i += mr {
			a := packed[i*kn : (i+mr)*kn]
			c := w.c[(i0+i)*w.ldc+s.j0+j:]
			if rows, cols := min(mr, in-i), min(nr, s.jn-j); rows < mr || cols < nr {
				edgeTile(rows, cols, kn, a, b, c, w.ldc, fresh)
			} else {
				tile(kn, a, b, c, w.ldc, fresh)
			}
		}
	}
}

// edgeTile is tile where C ends within the tile.
func edgeTile(rows, cols, k int, a, b, c []float32, ldc int, fresh bool) {
	var whole [mostRows * mostCols]float32
	_, nr := tileSize()
	if !fresh {
		for r := range rows {
			copy(whole[r*nr:], c[r*ldc:][:cols])
		}
	}
	tile(k, a, b, whole[:], nr, false)
	for r := range rows {
		copy(c[r*ldc:][:cols], whole[r*nr:])
	}
}

// pack writes n of the outer indices from i0 on, kn steps of the sum from k0 on,
// as dst[k*width+i], with zeros for i from n to width. If inner, the elements of
// an outer index lie side by side in src: src[i*ld+k], else src[k*ld+i].
func pack(dst []float32, width int, src []float32, ld int, inner bool, i0, n, k0, kn int) {
	if !inner && n == width {
		copyPanel(dst, width, src[k0*ld+i0:], ld, kn)
		return
	}
	if !inner {
		for k := range kn {
			row := dst[k*width : (k+1)*width]
			copy(row, src[(k0+k)*ld+i0:][:n])
			clear(row[n:])
		}
		return
	}
	i := 0
	for ; i+4 <= n; i += 4 {
		pack4(dst[i:], width, src[(i0+i)*ld+k0:], ld, kn)
	}
	for ; i < n; i++ {
		for k, v := range src[(i0+i)*ld+k0:][:kn] {
			dst[k*width+i] = v
		}
	}
	if n == width {
		return
	}
	for k := range kn {
		clear(dst[k*width+n : (k+1)*width])
	}
}

func copyPanelGo(dst []float32, width int, src []float32, ld, kn int) {
	for k := range kn {
		copy(dst[k*width:(k+1)*width], src[k*ld:])
	}
}

// pack4Go transposes 4 rows of kn elements: dst[k*width+i] = src[i*ld+k].
func pack4Go(dst []float32, width int, src []float32, ld, kn int) {
	r0, r1, r2, r3 := src[:kn], src[ld:][:kn], src[2*ld:][:kn], src[3*ld:][:kn]
	for k := range r0 {
		d := (*[4]float32)(dst[k*width:])
		d[0], d[1], d[2], d[3] = r0[k], r1[k], r2[k], r3[k]
	}
}

// tileGo adds to a tile of C, or to zeros if it is fresh, the products of k columns
// of a panel of A and k rows of a panel of B. Where the machine has a fused
// multiply-add the compiler may use it.
func tileGo(k int, a, b, c []float32, ldc int, fresh bool) {
	c0, c1 := (*[goCols]float32)(c), (*[goCols]float32)(c[ldc:])
	if fresh {
		*c0, *c1 = [goCols]float32{}, [goCols]float32{}
	}
	c00, c01, c02, c03 := c0[0], c0[1], c0[2], c0[3]
	c10, c11, c12, c13 := c1[0], c1[1], c1[2], c1[3]
	for ; k > 0; k-- {
		x, y := (*[goRows]float32)(a), (*[goCols]float32)(b)
		x0, x1 := x[0], x[1]
		c00 += x0 * y[0]
		c01 += x0 * y[1]
		c02 += x0 * y[2]
		c03 += x0 * y[3]
		c10 += x1 * y[0]
		c11 += x1 * y[1]
		c12 += x1 * y[2]
		c13 += x1 * y[3]
		a, b = a[goRows:], b[goCols:]
	}
	*c0 = [goCols]float32{c00, c01, c02, c03}
	*c1 = [goCols]float32{c10, c11, c12, c13}
}
