type Fields = Readonly<Record<string, unknown>>

/**
 * A relation as cards before format 4 have it, in more kinds and under other names, as one of today. Anything else is returned as it is,
 * for the schema to accept or refuse.
 */
export function fromEarlier(relation: unknown): unknown {
  if (typeof relation !== 'object' || relation === null) return relation
  const { kind, rest, ...fields } = relation as Fields
  switch (kind) {
    case 'determined':
      return { ...fields, kind: 'look-up' }
    case 'part': {
      const { part, plus, first, cells, ...others } = fields
      return { ...others, kind: 'look-up', to: cells, part: { of: part, plus, first } }
    }
    case 'sum': {
      const { plus, gapsFollow, ...others } = fields
      return {
        ...others,
        kind: 'linear',
        ...(plus !== 0 && { plus }),
        ...(gapsFollow !== false && { gapsFollow }),
      }
    }
    case 'near':
      return { ...fields, kind: 'linear', residual: rest }
    case 'order':
      return { ...fields, kind, ...(rest !== undefined && { residual: rest }) }
    case 'date':
      return { ...fields, kind: 'dated', isDrawn: rest }
    case 'year':
      return { ...fields, kind: 'dated', residual: rest }
    default:
      return relation
  }
}
