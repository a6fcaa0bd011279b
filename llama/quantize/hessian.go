package quantize

import (
	"fmt"
	"sort"

	"gonum.org/v1/gonum/mat"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama/float"
)

// damping times the mean of the diagonal is added to the diagonal of a Hessian.
const damping = 0.01

// hessian accumulates the sum of x x^T over the inputs x of a matrix: up to a
// factor, the Hessian of the square error of the matrix's outputs.
type hessian struct {
	n   int
	sum []float64 // [n][n]
	// clip, if positive, bounds the square norm of an input. A longer input is scaled to
	// it, so that single tokens with massive activations do not outweigh all others.
	clip float64
}

func newHessian(n int) *hessian { return &hessian{n: n, sum: make([]float64, n*n)} }

// maxChunk is the number of inputs whose products are summed in float32 before the sum is
// added in float64.
const maxChunk = 1024

// add adds the products of inputs, [tokens][n].
func (h *hessian) add(inputs []float32) {
	for len(inputs) > 0 {
		chunk := min(len(inputs), maxChunk*h.n)
		h.addChunk(inputs[:chunk])
		inputs = inputs[chunk:]
	}
}

func (h *hessian) addChunk(inputs []float32) {
	tokens := len(inputs) / h.n
	columns := make([]float32, len(inputs)) // [n][tokens]
	for t := range tokens {
		x := inputs[t*h.n : (t+1)*h.n]
		scale := h.scale(x)
		for i, v := range x {
			columns[i*tokens+t] = v * scale
		}
	}
	m := float.NewMatrix(h.n, tokens)
	m.SetRows(0, columns)
	part := make([]float32, h.n*h.n)
	m.Mul(part, columns)
	kernel.For(len(part), 1<<16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			h.sum[i] += float64(part[i])
		}
	})
}

func (h *hessian) scale(x []float32) float32 {
	if h.clip <= 0 {
		return 1
	}
	return clipScale(squareNorm(x), h.clip)
}

func squareNorm(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(float64(v) * float64(v))
	}
	return sum
}

// inverse is the input of GPTQ that depends on the Hessian H: the order in which GPTQ takes
// the columns, and the upper triangle U with U^T U = H^-1 in that order.
type inverse struct {
	order []int
	u     []float32 // [n][n]
}

// invert damps a Hessian and inverts it.
//
// U is found without inverting H as a whole: with J the reversal of the order
// and J H J = L L^T (Cholesky), R = J L J is an upper triangle, H = R R^T and
// U = R^-1.
func (h *hessian) invert() (*inverse, error) {
	n := h.n
	order, at := h.damped()
	reversed := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			reversed.SetSym(i, j, at(n-1-i, n-1-j))
		}
	}
	var c mat.Cholesky
	if !c.Factorize(reversed) {
		return nil, fmt.Errorf("the Hessian of %d inputs is not positive definite", n)
	}
	var lower, inv mat.TriDense
	c.LTo(&lower)
	if err := inv.InverseTri(&lower); err != nil {
		return nil, fmt.Errorf("inverting the Hessian of %d inputs: %w", n, err)
	}
	u := make([]float32, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			u[i*n+j] = float32(inv.At(n-1-i, n-1-j))
		}
	}
	return &inverse{order, u}, nil
}

// damped returns the columns in descending order of the diagonal, and the entries of the
// damped Hessian in that order. The diagonal entry of an input that was always zero is 1.
func (h *hessian) damped() (order []int, at func(i, j int) float64) {
	n := h.n
	diagonal := make([]float64, n)
	mean := 0.0
	order = make([]int, n)
	for i := range n {
		order[i], diagonal[i] = i, h.sum[i*n+i]
		if diagonal[i] <= 0 {
			diagonal[i] = 1
		}
		mean += diagonal[i] / float64(n)
	}
	sort.SliceStable(order, func(a, b int) bool { return diagonal[order[a]] > diagonal[order[b]] })
	return order, func(i, j int) float64 {
		if i == j {
			return diagonal[order[i]] + float64(damping*mean)
		}
		return h.sum[order[i]*n+order[j]]
	}
}
