import { download } from '../download.ts'
import { Problem } from '../sections/problem.tsx'
import { Code } from '../sections/take-step.tsx'
import { askedTables } from './asking.ts'
import { commandsOfTables } from './commands.ts'
import { SaveTables } from './rows-step.tsx'
import { currentTables, model, samples, stem, view } from './state.ts'
import { TablesVerdicts } from './verdicts.tsx'

/** Downloads: rows, the models in one file, the schema, and how to do the same elsewhere. */
export function TakeStep() {
  const { schema } = view.value!
  const name = stem.value
  const asked = askedTables()
  const saveModel = async () => download(await currentTables().modelFile(), `${name}.moonstep`)
  return (
    <section id="take">
      <h2 tabIndex={-1}>Take it along</h2>
      <TablesVerdicts />
      {samples.value && <SaveTables rows={samples.value.id} at="take" />}
      <p class="actions">
        <button type="button" onClick={saveModel}>
          Download models
        </button>
        <span class="quiet">
          {name}.moonstep, the models of all tables, for the command line and for Node
        </span>
      </p>
      <p class="quiet">{model.value!.holds}</p>
      <p class="actions">
        <button type="button" onClick={() => download(`${JSON.stringify(schema, null, 2)}\n`, 'schema.json')}>
          Download schema.json
        </button>
        <span class="quiet">how the tables meet, which the commands read</span>
      </p>
      <Problem at="take" />
      <p class="quiet">
        Put your files into a folder <code>{name}</code>, and schema.json beside it: these commands give the
        same models and the same rows. The last one writes the report on quality and privacy of all tables,
        which the page does not make.
      </p>
      <Code
        title="The same in a terminal"
        text={commandsOfTables({ name, counts: asked.count, seed: asked.seed })}
      />
    </section>
  )
}
