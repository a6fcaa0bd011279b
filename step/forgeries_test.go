package step

import (
	flags "flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var writeForgeries = flags.Bool("forgeries", false, "write FORGERIES.md anew")

// forgerySection is a list of forgeries that a test tries. If the test has them in a table, a
// map by name, they are read from its source, together with the checks in the table. Other
// forgeries are listed here.
type forgerySection struct {
	test  string
	table string // the variable or function with the table; empty if rows has the forgeries
	what  string // prefix of the names of the table
	check string // check of the forgeries whose row in the table has none
	rows  [][2]string
}

var forgerySections = []forgerySection{
	{test: "TestForgedBlocks", table: "blockForgeries"},
	{test: "TestForgedGain", table: "cacheForgeries"},
	{test: "TestForgedQuotient", table: "quotientForgeries"},
	{test: "TestForgedModel", table: "TestForgedModel", what: "another model's "},
	{test: "TestForgedBiasesAndTables", table: "extendedForgeries"},
	{test: "TestForgedBiasesOfTheModel", table: "extendedModels", what: "another model's "},
	{test: "TestForgedRowZeroOfAddedTables", table: "addedRowZero", what: "a committed table: "},
	{test: "TestForgedExtendedModel", table: "TestForgedExtendedModel", what: "a run of a model with another value of ",
		check: "CheckClaims; in a settlement, claimed values and what is opened"},
	{test: "TestBiasClaimsAreBound", rows: [][2]string{
		{"a claim on a bias altered, in each part", "CheckClaims"},
		{"a claim on a bias left out, of each part", "values of claims"},
		{"claims of a model with biases for a LLaMA with its matrices", "CheckClaims"},
	}},
	{test: "TestForgedRowZero", table: "rowZeroForgeries",
		what: "a committed table, the zero cell and the row itself: "},
	{test: "TestCommitRefusesRowZero", rows: [][2]string{{"a model to commit to with another row 0",
		"import the model again"}}},
	{test: "TestOneOutput", table: "abnormal", what: "two outputs of one commitment, each tensor and table: ",
		check: "one of them by the relation"},
	{test: "TestTablesOfEveryBlock",
		rows: [][2]string{{"EXP, SILU, cos or sin of a step's second block other than of its first",
			"add up to the segments"}}},
	{test: "TestForgedCounts", table: "TestForgedCounts", what: "the count of a lookup: ", check: "signed.use"},
	{test: "TestForgedEmbedding", rows: [][2]string{
		{"the row of another token", `contraction "x"`},
		{"a row for a dead token", `padding of "y"`},
	}},
	{test: "TestForgedChoice", rows: [][2]string{
		{"the second best token chosen", `"argmax"`},
		{"a dead row of the vocabulary with a lead", `"argmax"`},
		{"a dead token's norm", `"final.n"`},
	}},
	{test: "TestTieBrokenTheOtherWay", rows: [][2]string{{"the later of two equal tokens chosen", `"argmax"`}}},
	{test: "TestForgedWindow", rows: [][2]string{{"another key than its matrix gives", ""}}},
	{test: "TestForgedCommitment", rows: [][2]string{{"commitments to other cells than are claimed",
		"settlement of the running claims"}}},
	{test: "TestForgedCache", rows: [][2]string{{"a cache with an old key rewritten between passes",
		"reads another cache"}}},
	{test: "TestForgedLayers", rows: [][2]string{{"two layers exchanged",
		"CheckClaims; in a settlement, claimed values and what is opened"}}},
	{test: "TestForgedVanishing", rows: [][2]string{{"another table where it is multiplied with zeros",
		"CheckClaims; in a settlement, claimed values and what is opened"}}},
	{test: "TestAbsentCommitments", rows: [][2]string{{"a commitment that the kind of step does not have",
		"which the step does not have"}}},
	{test: "TestStatementsAreValidated", table: "TestStatementsAreValidated", what: "a statement: "},
	{test: "TestEveryFieldOfTheStatementCounts", table: "TestEveryFieldOfTheStatementCounts",
		what:  "another statement: ",
		check: "Verify"},
	{test: "TestEveryMessageCounts", rows: [][2]string{{"each element and each commitment of a proof altered",
		"Verify"}}},
	{test: "TestEveryItemIsBound", rows: [][2]string{{"each item of the transcript dropped, doubled, renamed, altered",
		"Verify"}}},
	{test: "TestWrongLengths", rows: [][2]string{{"each list of a proof longer, shorter, empty", "ErrShape"}}},
	{test: "TestRunForgeries", table: "TestRunForgeries", what: "a run: ", check: "VerifyRun"},
	{test: "TestFalseClaims", table: "TestFalseClaims", what: "a claim on weights: ",
		check: "CheckClaims, and the total of a settlement"},
	{test: "TestFalseWeights", rows: [][2]string{
		{"claims on weights of which one is altered, in each tensor", "CheckClaims; in a settlement, what is opened"},
	}},
	{test: "TestForeignModels", table: "TestForeignModels", what: "claims checked with a model of ",
		check: "CheckClaims"},
	{test: "TestClaimChain", table: "TestClaimChain", what: "claims on weights: ",
		check: "CheckClaims, NewSettlementRun"},
	{test: "TestFalseRunning", table: "TestFalseRunning", what: "a running polynomial: ", check: "CheckRunning"},
	{test: "TestTransitionForgeries", table: "TestTransitionForgeries", what: "state or advice of a step: "},
	{test: "TestRuleS2Lifts", rows: [][2]string{{"an exponent of 48 and more in six bits", "below 48"}}},
	{test: "TestSumsAreBound",
		rows: [][2]string{{"each coefficient of a settlement's rounds, its total and its state altered",
			"the point of the sumcheck"}}},
	{test: "TestSettleStepForgeries", table: "TestSettleStepForgeries", what: "a settlement: ", check: "Settle"},
	{test: "TestSettleStateForgeries", table: "TestSettleStateForgeries",
		what:  "a state before a step of a settlement: ",
		check: "Settle"},
	{test: "TestSettleAdviceForgeries", table: "TestSettleAdviceForgeries", what: "advice on a step of a settlement: "},
	{test: "TestForgedSeals", table: "TestForgedSeals", what: "sealed chains: ", check: "the circuit, LastState"},
	{test: "TestCircuitKinds", rows: [][2]string{{"a step given to the circuit as one of another kind or class",
		"Constrain"}}},
}

// TestForgeriesAreListed: FORGERIES.md lists exactly the forgeries that the tests try, each
// with the check that refuses it.
func TestForgeriesAreListed(t *testing.T) {
	src := readTests(t)
	var b strings.Builder
	b.WriteString("# Forgeries\n\nWhat the tests of this package and of the packages below it try, " +
		"and which check refuses it: a constraint, a\n" +
		"contraction or a lookup by its name, or the error. A test compares this list with the\n" +
		"tests; `go test ./step -run Listed -forgeries` writes it anew.\n\n" +
		"| forgery | refused by | test |\n|---|---|---|\n")
	for _, s := range forgerySections {
		require.Contains(t, src.functions, s.test)
		for _, row := range s.list(t, src) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", row[0], strings.ReplaceAll(row[1], `"`, ""), s.test)
		}
	}
	if *writeForgeries {
		require.NoError(t, os.WriteFile("FORGERIES.md", []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile("FORGERIES.md")
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "run go test ./step -run Listed -forgeries")
}

// list returns the rows of a section. It requires that a check that is quoted here is also in
// its test.
func (s *forgerySection) list(t *testing.T, src *testSource) (rows [][2]string) {
	if s.table == "" {
		for _, r := range s.rows {
			if strings.Contains(r[1], `"`) {
				require.Contains(t, src.functions[s.test].strings, r[1], s.test)
			}
			if r[1] == "" {
				r[1] = "Verify"
			}
			rows = append(rows, r)
		}
		return rows
	}
	table := src.tables[s.table]
	require.NotEmpty(t, table, s.table)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		check := table[name]
		if check == "" {
			check = s.check
		}
		require.NotEmpty(t, check, "%s: %s", s.test, name)
		rows = append(rows, [2]string{s.what + name, check})
	}
	return rows
}

// testSource has the contents of the test files: the functions with their string literals, and
// the tables by their function or variable.
type testSource struct {
	functions map[string]*testFunction
	tables    map[string]map[string]string
}

type testFunction struct{ strings []string }

func readTests(t *testing.T) *testSource {
	t.Helper()
	s := &testSource{map[string]*testFunction{}, map[string]map[string]string{}}
	var files []string
	for _, dir := range []string{".", "relation", "argument", "weights", "settlement"} {
		of, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		require.NoError(t, err)
		require.NotEmpty(t, of, dir)
		files = append(files, of...)
	}
	for _, f := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				s.functions[d.Name.Name] = &testFunction{literals(d)}
				s.readTable(d.Name.Name, d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok {
						s.readTable(v.Names[0].Name, v)
					}
				}
			}
		}
	}
	return s
}

// readTable reads the outermost maps by name within a declaration.
func (s *testSource) readTable(name string, in ast.Node) {
	ast.Inspect(in, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		m, ok := c.Type.(*ast.MapType)
		if !ok {
			return true
		}
		if key, ok := m.Key.(*ast.Ident); !ok || key.Name != "string" {
			return true
		}
		for _, e := range c.Elts {
			pair := e.(*ast.KeyValueExpr)
			key, ok := pair.Key.(*ast.BasicLit)
			if !ok {
				return true
			}
			if s.tables[name] == nil {
				s.tables[name] = map[string]string{}
			}
			s.tables[name][unquoted(key)] = checkOf(pair.Value)
		}
		return false
	})
}

// checkOf returns the string among the fields of a table's row.
func checkOf(row ast.Expr) string {
	c, ok := row.(*ast.CompositeLit)
	if !ok {
		return ""
	}
	for _, field := range c.Elts {
		if l, ok := field.(*ast.BasicLit); ok && l.Kind == token.STRING {
			return unquoted(l)
		}
	}
	return ""
}

func literals(n ast.Node) (all []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			all = append(all, unquoted(l))
		}
		return true
	})
	return all
}

func unquoted(l *ast.BasicLit) string {
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		panic(err)
	}
	return s
}
