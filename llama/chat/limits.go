package chat

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/nikolalohinski/gonja/v2/builtins"
	controlStructures "github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

const (
	maxSource    = 1 << 16 // bytes of a template
	maxText      = 1 << 20 // bytes of a conversation; half the limit on a value with a name
	maxOutput    = 1 << 21 // bytes of a rendered text
	maxRounds    = 1 << 16 // rounds of all loops together
	maxOperators = 32      // + and ~ in one block; each may add the size of a named value
	maxNesting   = 64      // depth of brackets in an expression, and of blocks in blocks
	maxTime      = 10 * time.Second
	maxReason    = 400 // bytes of the library's error text that an error quotes
)

// budgetName is the name of the budget in the context of a rendering. Templates cannot
// write the name: it has a zero byte.
const budgetName = "\x00budget"

// budget counts the resources of one rendering.
type budget struct {
	rounds   int // rounds of all loops so far
	deadline time.Time
	refused  error // the first error with which this package stopped the rendering
}

// stop records the error that stops a rendering. The template library wraps errors in ways
// that errors.Is does not always see through.
func (b *budget) stop(err error) error {
	if b.refused == nil {
		b.refused = err
	}
	return err
}

// explain returns the error of a failed rendering: the recorded one, or the library's with
// its text cut to maxReason bytes.
func (b *budget) explain(err error) error {
	switch {
	case b.refused != nil:
		return b.refused
	case errors.Is(err, ErrLimit):
		return err
	}
	// The library's messages quote whole values; the reason is at their end.
	text := err.Error()
	if len(text) > maxReason {
		text = "..." + strings.ToValidUTF8(text[len(text)-maxReason:], "")
	}
	return fmt.Errorf("%w: %s", ErrTemplate, text)
}

// raise implements raise_exception.
func (b *budget) raise(message string) (string, error) {
	return "", b.stop(fmt.Errorf("%w: %s", ErrRefused, message))
}

// checkSource refuses templates whose cost the budget cannot bound. Between two rounds of
// loops each block of a template runs at most once, without recursion, so it suffices to
// bound the cost of one block.
func checkSource(source string, cfg *config.Config) error {
	if len(source) > maxSource {
		return fmt.Errorf("%w: a template of %d bytes, expected at most %d", ErrLimit, len(source), maxSource)
	}
	list, err := lex(source, cfg)
	if err != nil {
		return err
	}
	var c sourceCheck
	for i, tok := range list {
		next := ""
		if i+1 < len(list) {
			next = list[i+1].Val
		}
		if err := c.token(tok, next); err != nil {
			return err
		}
	}
	return nil
}

// lex returns the tokens of a template without white space. On some malformed numbers the
// library's lexer panics, or sends tokens without end. It therefore runs in a goroutine of
// its own; after more tokens than the source can have, nobody receives from it, and it
// stays blocked.
func lex(source string, cfg *config.Config) (list []*tokens.Token, err error) {
	l := tokens.NewLexer(source, cfg)
	panicked := make(chan any, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				panicked <- p
			}
		}()
		l.Run()
	}()
	deadline := time.After(maxTime)
	for count := 0; count <= 2*len(source)+2; count++ {
		select {
		case tok, more := <-l.Tokens:
			if !more {
				return list, nil
			}
			if tok.Type != tokens.Whitespace {
				list = append(list, tok)
			}
		case p := <-panicked:
			return nil, fmt.Errorf("%w: it cannot be read: %v", ErrTemplate, p)
		case <-deadline:
			return nil, fmt.Errorf("%w: more than %v to read it", ErrLimit, maxTime)
		}
	}
	return nil, fmt.Errorf("%w: it cannot be read", ErrTemplate)
}

// sourceCheck counts the operators and the nesting of a template.
type sourceCheck struct {
	operators, brackets int  // in the current block
	blocks              int  // open for and if blocks
	set                 bool // the current block is a set block
	assigned            bool // the current block had an "="
}

// token checks the next token; next is the text of the one after it.
func (c *sourceCheck) token(tok *tokens.Token, next string) error {
	switch tok.Type {
	case tokens.VariableBegin, tokens.BlockBegin:
		*c = sourceCheck{blocks: c.blocks}
		if tok.Type == tokens.BlockBegin {
			c.openBlock(next)
		}
	case tokens.BlockEnd:
		if c.set && !c.assigned {
			return fmt.Errorf("%w: line %d: set without a value (a block set) is not supported", ErrTemplate, tok.Line)
		}
	case tokens.Assign:
		c.assigned = true
	case tokens.Multiply, tokens.Power:
		return fmt.Errorf("%w: line %d: the operator %s is not supported", ErrTemplate, tok.Line, tok.Val)
	case tokens.Addition, tokens.Tilde:
		c.operators++
	case tokens.LeftParenthesis, tokens.LeftBracket, tokens.LeftBrace:
		c.brackets++
	case tokens.RightParenthesis, tokens.RightBracket, tokens.RightBrace:
		c.brackets--
	}
	switch {
	case c.operators > maxOperators:
		return fmt.Errorf("%w: line %d: more than %d + and ~ in one block", ErrLimit, tok.Line, maxOperators)
	case c.brackets > maxNesting || c.blocks > maxNesting:
		return fmt.Errorf("%w: line %d: nested more than %d deep", ErrLimit, tok.Line, maxNesting)
	}
	return nil
}

// openBlock updates the nesting for a block with this name.
func (c *sourceCheck) openBlock(name string) {
	switch name {
	case "for", "if":
		c.blocks++
	case "endfor", "endif":
		c.blocks--
	case "set":
		c.set = true
	}
}

// boundedFor parses a loop and inserts a round counter at the start of its body.
func boundedFor(p *parser.Parser, args *parser.Parser) (nodes.ControlStructure, error) {
	parse, _ := builtins.ControlStructures.Get("for")
	cs, err := parse(p, args)
	if err != nil {
		return nil, err
	}
	loop, ok := cs.(*controlStructures.ForControlStructure)
	if !ok || loop.Recursive {
		return nil, errors.New("recursive loops are not supported")
	}
	r := &round{names: []string{loop.Key, loop.Value}}
	block := &nodes.ControlStructureBlock{Location: loop.BodyWrapper.Location, Name: "round", ControlStructure: r}
	r.ControlStructure = loop
	loop.BodyWrapper.Nodes = append([]nodes.Node{block}, loop.BodyWrapper.Nodes...)
	return loop, nil
}

// round is the statement that counts a round of a loop.
type round struct {
	nodes.ControlStructure // for Position and String
	names                  []string
}

// Execute counts the round and measures the loop's variables. The error wraps ErrLimit.
func (r *round) Execute(renderer *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	b, err := budgetOf(renderer)
	if err != nil {
		return err
	}
	if b.rounds++; b.rounds > maxRounds {
		return b.stop(fmt.Errorf("%w: more than %d rounds of loops", ErrLimit, maxRounds))
	}
	if time.Now().After(b.deadline) {
		return b.stop(fmt.Errorf("%w: more than %v", ErrLimit, maxTime))
	}
	return b.measure(renderer, r.names...)
}

// budgetOf returns the budget of a rendering.
func budgetOf(renderer *exec.Renderer) (*budget, error) {
	v, _ := renderer.Environment.Context.Get(budgetName)
	b, ok := v.(*budget)
	if !ok {
		return nil, errors.New("rendering without a budget")
	}
	return b, nil
}

// boundedSet parses an assignment and makes it measure its result.
func boundedSet(p *parser.Parser, args *parser.Parser) (nodes.ControlStructure, error) {
	name := ""
	if tok := args.Current(tokens.Name); tok != nil {
		name = tok.Val
	}
	parse, _ := builtins.ControlStructures.Get("set")
	cs, err := parse(p, args)
	if err != nil {
		return nil, err
	}
	inner, ok := cs.(exec.ControlStructure)
	if !ok {
		return nil, errors.New("set cannot be executed")
	}
	return &measuredSet{inner, name}, nil
}

// measuredSet is an assignment that measures its result.
type measuredSet struct {
	exec.ControlStructure
	name string // the variable, or the variable whose attribute is set
}

// Execute assigns, then measures the variable. The error wraps ErrLimit.
func (s *measuredSet) Execute(renderer *exec.Renderer, tag *nodes.ControlStructureBlock) error {
	if err := s.ControlStructure.Execute(renderer, tag); err != nil {
		return err
	}
	b, err := budgetOf(renderer)
	if err != nil {
		return err
	}
	return b.measure(renderer, s.name)
}

// measure stops the rendering if one of the variables is too large.
func (b *budget) measure(renderer *exec.Renderer, names ...string) error {
	for _, name := range names {
		v, ok := renderer.Environment.Context.Get(name)
		if !ok {
			continue
		}
		if left := sizeLeft(reflect.ValueOf(v), 2*maxText, 0); left < 0 {
			return b.stop(fmt.Errorf("%w: the variable %s has more than %d bytes", ErrLimit, name, 2*maxText))
		}
	}
	return nil
}

// sizeLeft subtracts the size of a value, expanded to a tree, from left and returns the
// difference; it stops as soon as that is negative. Values share parts, so a few
// assignments can make an exponentially large tree.
func sizeLeft(v reflect.Value, left, depth int) int {
	const perValue = 16
	if left -= perValue; left < 0 || depth > maxNesting*4 {
		return -1
	}
	switch v.Kind() {
	case reflect.String:
		return left - v.Len()
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return left
		}
		return sizeLeft(v.Elem(), left, depth+1)
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && left >= 0; i++ {
			left = sizeLeft(v.Index(i), left, depth+1)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next() && left >= 0; {
			left = sizeLeft(it.Key(), left, depth+1)
			left = sizeLeft(it.Value(), left, depth+1)
		}
	case reflect.Struct:
		return sizeOfStruct(v, left, depth)
	}
	return left
}

// sizeOfStruct is sizeLeft for a struct. It unwraps the library's values, which hold
// reflect values.
func sizeOfStruct(v reflect.Value, left, depth int) int {
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case exec.Value:
			return sizeLeft(x.Val, left, depth+1)
		case reflect.Value:
			return sizeLeft(x, left, depth+1)
		}
	}
	for i := 0; i < v.NumField() && left >= 0; i++ {
		left = sizeLeft(v.Field(i), left, depth+1)
	}
	return left
}
