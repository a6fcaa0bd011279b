package llama

import "math"

// tableSlack is the distance from the middle between two integers within which a table
// may hold either of them. Math libraries differ by a few units in the last place of a
// float64: for angles of up to 2^17 positions, 2^14 times the sine is then off by less
// than 2^-19.
const tableSlack = 1.0 / (1 << 16)

// Compare calls differs for each entry of the tables that is more than 1/2 + tableSlack
// away from the value of its rule. Tables come in the order of the architecture, and row
// and col are as in [Table]. The tables must have the sizes that Validate demands.
func (t *Tables) Compare(cfg Config, s Scales, differs func(table string, row, col int, found int16, value float64)) {
	for i := range cfg.Architecture().Tables {
		table := &cfg.Architecture().Tables[i]
		rule, cols := table.Rule(cfg, s), table.Cols.Size(cfg)
		for j, found := range *table.Entries(t) {
			value := rule(j/cols, j%cols)
			if !(math.Abs(float64(found)-value) <= 0.5+tableSlack) {
				differs(table.Name, j/cols, j%cols, found, value)
			}
		}
	}
}
