package chat

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/parser"
)

// The names that a template may use: the names that occur in chat templates, without names
// that make a large value from a small one (center, indent, format, batch, ...), change a
// value in place (append, update) or run other code.
var (
	filterNames = []string{
		"abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items", "last", "length",
		"list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "round", "safe", "select",
		"selectattr", "sort", "string", "sum", "title", "trim", "upper",
	}
	strNames = []string{
		"capitalize", "count", "endswith", "find", "isalnum", "isalpha", "isdigit", "islower", "isspace", "isupper",
		"lower", "lstrip", "partition", "removeprefix", "removesuffix", "rfind", "rpartition", "rsplit", "rstrip",
		"split", "splitlines", "startswith", "strip", "title", "upper",
	}
	dictNames = []string{"get", "items", "keys", "values"}
	tagNames  = []string{"break", "continue", "if", "raw"}
	testNames = []string{
		"boolean", "defined", "divisibleby", "eq", "equalto", "==", "even", "false", "float", "ge", ">=", "gt",
		"greaterthan", ">", "in", "integer", "iterable", "le", "<=", "lower", "lt", "lessthan", "<", "mapping", "ne",
		"!=", "none", "number", "odd", "sequence", "string", "true", "undefined", "upper",
	}
)

// newEnvironment returns a new environment for one template; rendering writes into its
// context.
func newEnvironment() *exec.Environment {
	filters := pick(filterNames, builtins.Filters.Get)
	filters["replace"] = replaceFilter
	filters["join"] = joinFilter
	filters["tojson"] = toJSONFilter
	str := pick(strNames, builtins.Methods.Str.Get)
	str["replace"] = func(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		return replace(self, args)
	}
	str["join"] = func(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		if len(args.Args) != 1 {
			return nil, errors.New("join takes a list")
		}
		return join(args.Args[0], self)
	}
	tags := pick(tagNames, builtins.ControlStructures.Get)
	tags["for"], tags["set"] = parser.ControlStructureParser(boundedFor), parser.ControlStructureParser(boundedSet)
	namespace, _ := builtins.GlobalFunctions.Get("namespace")
	return &exec.Environment{
		Context:           exec.NewContext(map[string]any{"namespace": namespace, "range": rangeOf}),
		Filters:           exec.NewFilterSet(filters),
		Tests:             exec.NewTestSet(pick(testNames, builtins.Tests.Get)),
		ControlStructures: exec.NewControlStructureSet(tags),
		Methods: exec.Methods{
			Bool:  exec.NewMethodSet(map[string]exec.Method[bool]{}),
			Int:   exec.NewMethodSet(map[string]exec.Method[int]{}),
			Float: exec.NewMethodSet(map[string]exec.Method[float64]{}),
			Str:   exec.NewMethodSet(str),
			Dict:  exec.NewMethodSet(pick(dictNames, builtins.Methods.Dict.Get)),
			List:  exec.NewMethodSet(map[string]exec.Method[[]any]{}),
		},
	}
}

// pick returns the members of one of the library's sets that have the given names.
func pick[T any](names []string, get func(string) (T, bool)) map[string]T {
	m := make(map[string]T, len(names))
	for _, name := range names {
		if v, ok := get(name); ok {
			m[name] = v
		}
	}
	return m
}

// rangeOf implements Python's range. It returns a list of at most maxRounds numbers.
func rangeOf(args *exec.VarArgs) (any, error) {
	n := []int{0, 0, 1}
	for _, a := range args.Args {
		if !a.IsInteger() {
			return nil, errors.New("range takes integers")
		}
	}
	switch len(args.Args) {
	case 1:
		n[1] = args.Args[0].Integer()
	case 2, 3:
		for i, a := range args.Args {
			n[i] = a.Integer()
		}
	default:
		return nil, errors.New("range takes one to three integers")
	}
	if n[2] == 0 {
		return nil, errors.New("range with step 0")
	}
	list := []int{}
	for i := n[0]; n[2] > 0 && i < n[1] || n[2] < 0 && i > n[1]; {
		if len(list) == maxRounds {
			return nil, fmt.Errorf("%w: a range of more than %d numbers", ErrLimit, maxRounds)
		}
		list = append(list, i)
		next := i + n[2]
		if (next > i) != (n[2] > 0) { // past the largest integer
			break
		}
		i = next
	}
	return list, nil
}

// replaceFilter is the filter form of replace.
func replaceFilter(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	return asValue(replace(in.String(), args))
}

// replace implements Python's str.replace(old, new[, count]).
func replace(text string, args *exec.VarArgs) (any, error) {
	count := -1
	switch {
	case len(args.Args) == 3 && args.Args[2].IsInteger():
		count = args.Args[2].Integer()
	case len(args.Args) != 2:
		return nil, errors.New("replace takes two texts and perhaps a count")
	}
	from, to := args.Args[0].String(), args.Args[1].String()
	if n := strings.Count(text, from); n > 0 && len(to) > (maxOutput-len(text))/n {
		return nil, fmt.Errorf("%w: replace makes more than %d bytes", ErrLimit, maxOutput)
	}
	return strings.Replace(text, from, to, count), nil
}

// joinFilter is the filter form of join; the default separator is empty.
func joinFilter(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	separator := ""
	if len(args.Args) > 0 {
		separator = args.Args[0].String()
	}
	return asValue(join(in, separator))
}

// join implements Python's str.join, with a result of at most maxOutput bytes.
func join(list *exec.Value, separator string) (any, error) {
	var out strings.Builder
	full := false
	list.Iterate(func(i, _ int, item, _ *exec.Value) bool {
		if i > 0 {
			out.WriteString(separator)
		}
		out.WriteString(item.String())
		full = out.Len() > maxOutput
		return !full
	}, func() {})
	if full {
		return nil, fmt.Errorf("%w: join makes more than %d bytes", ErrLimit, maxOutput)
	}
	return out.String(), nil
}

// asValue returns the library's value for a result or an error.
func asValue(v any, err error) *exec.Value {
	if err != nil {
		return exec.AsValue(err)
	}
	return exec.AsValue(v)
}
