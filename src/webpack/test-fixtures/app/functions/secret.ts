export const secret = await Promise.resolve('SECRET_CODE')
