/** The program that a child session runs in: see cuda.ts. */
import { answerOf, infoOf, type Session } from '../session.ts'
import { cpu } from './cpu.ts'
import { cuda, type Request } from './cuda.ts'
import { webgpu } from './webgpu.ts'

let session: Session | undefined

async function answer(request: Request): Promise<unknown> {
  if ('run' in request) return session!.run(...request.run)
  const [bytes, provider, options] = request.create
  session = await { cpu, cuda, webgpu }[provider].createSession(bytes, options)
  return { ...infoOf(session), inputs: session.inputs, outputs: session.outputs }
}

process.on('message', async (request: Request) => {
  process.send!(await answerOf(answer(request)))
})
process.on('disconnect', () => process.exit())
// the terminal sends it to every process of the command, and the parent handles it
process.on('SIGINT', () => {})
