package digest

const text = `{{.Site}}, {{.Period}}
{{.URL}}

{{with .Own}}THE WIRE ITSELF
{{range .}}
{{severity .}} {{.Kind}}{{since .}}
  {{.Says}}
  What to do: {{.Do}}
{{end}}
{{end}}SOURCES
{{- with .OfSources}}
{{range .}}
{{severity .}} {{name .}} ({{.Title}}): {{.Kind}}{{since .}}
  {{.Says}}
  What to do: {{.Do}}
{{end}}{{else}}
Nothing is wrong with any of {{count .Sources "source"}}.
{{end}}{{with .Notices}}
{{count . "notice"}} beside that; "rightswire health" has them.
{{end}}{{with .Ended}}
Over:{{range .}}
- {{name .}}: {{.Kind}}{{end}}
{{end}}{{with .Added}}
New in the list: {{join . ", "}}
{{end}}{{with .Removed}}
Taken out of the list: {{join . ", "}}
{{end}}{{with .Proposals}}
WAITING FOR A DECISION
{{range .}}
- {{.Source}}: {{.Says}}{{end}}
{{end}}
NUMBERS (against the time before)

{{printf "%-32s %7s %12s %8s %12s" "" "items" "" "stories" ""}}
{{with .Total}}{{printf "%-32.32s %7d %12s %8d %12s" "all" .Items (change .Items .ItemsBefore) .Stories (change .Stories .StoriesBefore)}}{{end}}
{{- range .Rows}}
{{printf "%-32.32s %7d %12s %8d %12s" .Title .Items (change .Items .ItemsBefore) .Stories (change .Stories .StoriesBefore)}}{{end}}

CORRECTIONS
{{count .Corrected "item"}} changed by their sources, {{.Withdrawn}} withdrawn or hidden, {{count .Decisions "decision"}} of the desk.
`

const html = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body style="font-family:sans-serif;max-width:45em;line-height:1.4">
<h1 style="font-size:1.3em">{{.Site}}, {{.Period}}</h1>
<p><a href="{{.URL}}">{{.URL}}</a></p>
{{with .Own}}<h2 style="font-size:1.1em">The wire itself</h2>
{{range .}}{{template "finding" .}}{{end}}{{end}}
<h2 style="font-size:1.1em">Sources</h2>
{{with .OfSources}}{{range .}}{{template "finding" .}}{{end}}{{else}}<p>Nothing is wrong with any of {{count .Sources "source"}}.</p>{{end}}
{{with .Notices}}<p>{{count . "notice"}} beside that; <code>rightswire health</code> has them.</p>{{end}}
{{with .Ended}}<p>Over:</p><ul>{{range .}}<li>{{name .}}: {{.Kind}}</li>{{end}}</ul>{{end}}
{{with .Added}}<p>New in the list: {{join . ", "}}</p>{{end}}
{{with .Removed}}<p>Taken out of the list: {{join . ", "}}</p>{{end}}
{{with .Proposals}}<h2 style="font-size:1.1em">Waiting for a decision</h2>
<ul>{{range .}}<li><b>{{.Source}}</b>: {{.Says}}</li>{{end}}</ul>{{end}}
<h2 style="font-size:1.1em">Numbers (against the time before)</h2>
<table cellpadding="4" style="border-collapse:collapse">
<tr><th align="left"></th><th align="right">items</th><th></th><th align="right">stories</th><th></th></tr>
{{with .Total}}<tr><td><b>all</b></td><td align="right">{{.Items}}</td><td>{{change .Items .ItemsBefore}}</td><td align="right">{{.Stories}}</td><td>{{change .Stories .StoriesBefore}}</td></tr>{{end}}
{{range .Rows}}<tr><td>{{.Title}}</td><td align="right">{{.Items}}</td><td>{{change .Items .ItemsBefore}}</td><td align="right">{{.Stories}}</td><td>{{change .Stories .StoriesBefore}}</td></tr>
{{end}}</table>
<h2 style="font-size:1.1em">Corrections</h2>
<p>{{count .Corrected "item"}} changed by their sources, {{.Withdrawn}} withdrawn or hidden, {{count .Decisions "decision"}} of the desk.</p>
</body></html>
{{define "finding"}}<p><b>{{severity .}}</b> {{name .}}{{with .Title}} ({{.}}){{end}}: {{.Kind}}{{since .}}<br>{{.Says}}<br><i>What to do: {{.Do}}</i></p>
{{end}}`
