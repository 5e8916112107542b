package learn

// row is one observation: what was seen, and how much it belongs, from 0 to 1.
type row struct {
	x      []float64
	y      float64
	weight float64
}

// logistic fits 1/(1+exp(-w·x)) by Newton's method, with a pull of the given
// strength towards the weights that it starts from.
func logistic(rows []row, start []float64, pull float64) []float64 {
	n := len(start)
	w := append([]float64(nil), start...)
	for range 50 {
		g := make([]float64, n)
		h := make([][]float64, n)
		for i := range h {
			h[i] = make([]float64, n)
			h[i][i] = pull
			g[i] = float64(pull * (w[i] - start[i]))
		}
		for _, r := range rows {
			p := sigmoid(dot(w, r.x))
			d, v := float64((p-r.y)*r.weight), float64(float64(p*(1-p))*r.weight)
			for i, xi := range r.x {
				g[i] += float64(d * xi)
				for j := 0; j <= i; j++ {
					h[i][j] += float64(float64(v*xi) * r.x[j])
				}
			}
		}
		moved := 0.0
		for i, d := range solve(h, g) {
			d = min(max(d, -1), 1) // a step further than that leaves where Newton is right
			w[i] -= d
			moved = max(moved, d, -d)
		}
		if moved < 1e-7 {
			break
		}
	}
	return w
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

// solve solves h·d = g for a symmetric, positive definite h of which the lower
// half is given, by elimination.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
	for i := range n {
		for j := i + 1; j < n; j++ {
			h[i][j] = h[j][i]
		}
	}
	d := append([]float64(nil), g...)
	for i := range n {
		if h[i][i] < 1e-12 {
			h[i][i] = 1e-12
		}
		for r := i + 1; r < n; r++ {
			f := h[r][i] / h[i][i]
			for c := i; c < n; c++ {
				h[r][c] -= float64(f * h[i][c])
			}
			d[r] -= float64(f * d[i])
		}
	}
	for i := n - 1; i >= 0; i-- {
		for c := i + 1; c < n; c++ {
			d[i] -= float64(h[i][c] * d[c])
		}
		d[i] /= h[i][i]
	}
	return d
}
