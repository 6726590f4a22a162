package tensor

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Gemm cuts its matrices into blocks that fit the caches and packs them so that
// the innermost loop reads memory in order (Goto and van de Geijn, Anatomy of
// High-Performance Matrix Multiplication, 2008): a block of B of blockK x blockN
// is packed once and shared, a block of A of blockM x blockK by each thread. A
// tile of mr x nr elements of C then stays in registers.
const (
	blockK = 256
	blockM = 120 // a multiple of all mr
	blockN = 1024

	goRows, goCols = 2, 4 // the tile of plain Go
	mostRows       = 12
	mostCols       = 32
)

// Work in multiply-adds from which Gemm takes a second thread.
const parallelWork = 1 << 20

// product is one call of Gemm.
type product struct {
	transA, transB bool
	m, n, k        int
	alpha          float32
	a, b, c        []float32
	lda, ldb, ldc  int
}

// A workspace is the memory of a call of Gemm.
type workspace struct {
	product
	b       []float32   // packed block of B
	a       [][]float32 // packed block of A of each thread
	next    atomic.Int64
	threads int
	wait    sync.WaitGroup
	j0, jn  int // columns of C at work
	k0, kn  int // part of the sum at work
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
	p := product{transA, transB, m, n, k, alpha, a, b, c, lda, ldb, ldc}
	if !p.fits() {
		panic("tensor: matrix does not fit its slice")
	}
	if m == 0 || n == 0 {
		return
	}
	scaleRows(c, m, n, ldc, beta)
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
	kn, jn := min(w.k, blockK), (min(w.n, blockN)+nr-1)/nr*nr
	if len(w.b) < kn*jn {
		w.b = make([]float32, kn*jn)
	}
	for len(w.a) < w.threads {
		w.a = append(w.a, make([]float32, blockM*blockK))
	}
	for w.j0 = 0; w.j0 < w.n; w.j0 += blockN {
		w.jn = min(w.n-w.j0, blockN)
		for w.k0 = 0; w.k0 < w.k; w.k0 += blockK {
			w.kn = min(w.k-w.k0, blockK)
			w.fork((*workspace).packB)
			w.fork((*workspace).multiply)
		}
	}
}

// fork runs work on all threads, which claim their parts by w.next.
func (w *workspace) fork(work func(w *workspace, thread int)) {
	w.next.Store(0)
	for t := 1; t < w.threads; t++ {
		w.wait.Add(1)
		go func() {
			work(w, t)
			w.wait.Done()
		}()
	}
	work(w, 0)
	w.wait.Wait()
}

// packB packs panels of nr columns of B: panel after panel, row after row.
func (w *workspace) packB(int) {
	_, nr := tileSize()
	for {
		j := int(w.next.Add(1)-1) * nr
		if j >= w.jn {
			return
		}
		pack(w.b[j*w.kn:(j+nr)*w.kn], nr, w.product.b, w.ldb, w.transB, w.j0+j, min(nr, w.jn-j), w.k0, w.kn)
	}
}

// multiply claims blocks of rows of A, packs them in panels of mr rows and adds
// their products with the packed block of B to C.
func (w *workspace) multiply(thread int) {
	mr, nr := tileSize()
	packed := w.a[thread]
	block := w.rowBlock(mr)
	var edge [mostRows * mostCols]float32
	for {
		i0 := int(w.next.Add(1)-1) * block
		if i0 >= w.m {
			return
		}
		in := min(block, w.m-i0)
		for i := 0; i < in; i += mr {
			panel := packed[i*w.kn : (i+mr)*w.kn]
			pack(panel, mr, w.product.a, w.lda, !w.transA, i0+i, min(mr, in-i), w.k0, w.kn)
			if w.alpha != 1 {
				Scale(w.alpha, panel)
			}
		}
		for j := 0; j < w.jn; j += nr {
			b := w.b[j*w.kn : (j+nr)*w.kn]
			for i := 0; i < in; i += mr {
				a := packed[i*w.kn : (i+mr)*w.kn]
				c := w.c[(i0+i)*w.ldc+w.j0+j:]
				rows, cols := min(mr, in-i), min(nr, w.jn-j)
				if rows == mr && cols == nr {
					tile(w.kn, a, b, c, w.ldc)
					continue
				}
				for r := range rows {
					copy(edge[r*nr:], c[r*w.ldc:][:cols])
				}
				tile(w.kn, a, b, edge[:], nr)
				for r := range rows {
					copy(c[r*w.ldc:][:cols], edge[r*nr:])
				}
			}
		}
	}
}

// rowBlock returns how many rows of C are claimed at once: blockM, or less so
// that all threads have some.
func (w *workspace) rowBlock(mr int) int {
	panels := (w.m + mr - 1) / mr
	share := (panels + 2*w.threads - 1) / (2 * w.threads)
	return min(blockM, share*mr)
}

// pack writes n of the outer indices from i0 on, kn steps of the sum from k0 on,
// as dst[k*width+i], with zeros for i from n to width. If inner, the elements of
// an outer index lie side by side in src: src[i*ld+k], else src[k*ld+i].
func pack(dst []float32, width int, src []float32, ld int, inner bool, i0, n, k0, kn int) {
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

// pack4Go transposes 4 rows of kn elements: dst[k*width+i] = src[i*ld+k].
func pack4Go(dst []float32, width int, src []float32, ld, kn int) {
	r0, r1, r2, r3 := src[:kn], src[ld:][:kn], src[2*ld:][:kn], src[3*ld:][:kn]
	for k := range r0 {
		d := (*[4]float32)(dst[k*width:])
		d[0], d[1], d[2], d[3] = r0[k], r1[k], r2[k], r3[k]
	}
}

// tileGo adds to a tile of C the products of k columns of a panel of A and k rows
// of a panel of B. Where the machine has a fused multiply-add the compiler may
// use it.
func tileGo(k int, a, b, c []float32, ldc int) {
	c0, c1 := (*[goCols]float32)(c), (*[goCols]float32)(c[ldc:])
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
